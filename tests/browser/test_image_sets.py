"""Image sets in a real browser: drop a zip, look, keep it; nobody else sees it."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.waiting import settled


def zip_of_two_folders(count: int = 30) -> bytes:
    random = np.random.default_rng(0)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(count):
            coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), np.uint8))
            one = io.BytesIO()
            coarse.resize((48, 40), Image.Resampling.BICUBIC).save(one, "PNG")
            archive.writestr(
                f"leaves/{'oak' if number % 2 else 'birch'}/{number}.png", one.getvalue()
            )
        archive.writestr("leaves/oak/list.txt", b"no picture")
    return written.getvalue()


def zip_that_takes_long() -> bytes:
    """Small to send, and some fifteen seconds to read: the same large picture many times."""
    one, written = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (3000, 3000), "teal").save(one, "PNG")
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(200):
            archive.writestr(f"{number}.png", one.getvalue())
    return written.getvalue()


def drop(page: Page, data: bytes) -> None:
    page.goto("/image_sets")
    page.locator("input[type=file]").set_input_files(
        {"name": "leaves.zip", "mimeType": "application/zip", "buffer": data}
    )
    expect(page.get_by_role("heading", name="What was found")).to_be_visible()


def test_a_zip_is_looked_through_formed_kept_and_listed_for_its_owner_alone(page: Page) -> None:
    drop(page, zip_of_two_folders())
    expect(page.locator(".ae-balance dt")).to_have_text(["birch", "oak"])
    expect(page.get_by_text("1 could not be used")).to_be_visible()
    tiles = page.locator(".ae-tiles img")
    expect(tiles).to_have_count(24)
    before = tiles.first.get_attribute("src")
    page.get_by_text("Swap light and dark").click()
    expect(tiles.first).not_to_have_attribute("src", str(before))
    page.get_by_label("Name").fill("Autumn *leaves*")
    page.get_by_role("button", name="Keep these 30").click()
    expect(page.get_by_role("heading", name="Your image sets")).to_be_visible()
    expect(page.get_by_text("Autumn *leaves*", exact=True)).to_be_visible()
    expect(page.get_by_text("2 classes (birch, oak)")).to_be_visible()
    expect(page).to_have_url(re.compile("set=my-autumn-leaves-"))

    assert page.context.browser
    stranger = page.context.browser.new_context().new_page()
    stranger.goto(page.url)
    expect(stranger.get_by_text("is not shared any more")).to_be_visible()
    expect(stranger.get_by_text("Autumn")).to_have_count(0)
    page.get_by_text("Whoever has the link may see and use it").click()
    link = page.locator("code", has_text="set=my-autumn-leaves-")
    expect(link).to_be_visible()
    stranger.goto(link.inner_text())
    expect(stranger.get_by_role("heading", name="Shared with you")).to_be_visible()
    expect(stranger.get_by_role("button", name="Delete")).to_have_count(0)
    stranger.context.close()

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Autumn")).to_have_count(0)


def test_on_a_phone_pictures_are_tapped_and_taken_out_and_the_rest_is_trained_on(
    page: Page,
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    drop(page, zip_of_two_folders())
    page.get_by_role("button", name="Keep these 30").click()
    page.get_by_text("Change it: name, words, classes, pictures").click()
    pictures = page.get_by_role("group", name="Pictures to take out").get_by_role("button")
    for place in (1, 4):
        pictures.nth(place).click()
        expect(pictures.nth(place)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Take out 2 pictures").click()
    expect(page.get_by_text("28 pictures: ")).to_be_visible()
    page.get_by_role("button", name="Train on these").first.click()
    expect(page.get_by_text("little to learn from")).to_be_visible()
    expect(page.get_by_text("suit a residual network")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_reading_can_be_stopped_and_keeps_nothing(page: Page) -> None:
    page.goto("/image_sets")
    page.locator("input[type=file]").set_input_files(
        {"name": "many.zip", "mimeType": "application/zip", "buffer": zip_that_takes_long()}
    )
    expect(page.get_by_text(re.compile(r"Reading: \d+%, [\d,]+ pictures"))).to_be_visible()
    page.get_by_role("button", name="Stop reading").click()
    expect(page.get_by_text("Stopped. Nothing was kept.")).to_be_visible()
    settled(page)
    expect(page.get_by_role("heading", name="What was found")).to_have_count(0)
    expect(page.get_by_role("button", name="Read them again")).to_be_visible()
