"""Denoise in a real browser: noise, models and filters follow the hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.waiting import frames, settled

ADDRESS = "/denoise?model=digits-dense-49"
FIGURES = re.compile(r"[\d.]+ dB · SSIM [\d.]+ · MSE [\d.]+")
ONE_FRAME_MS = 100
"""Far above a frame: the machines of the tests are busy. Alone it is some 13 ms."""


def bench(page: Page, address: str = ADDRESS) -> Locator:
    """The bench, once all rows are there."""
    page.goto(address)
    found = page.locator(".denoising[data-settled]")
    found.wait_for(timeout=60_000)
    return found


def row(page: Page, name: str) -> Locator:
    return page.locator(".denoising").get_by_role("group", name=name, exact=True)


def pixels(page: Page, name: str) -> str:
    return str(row(page, name).locator("canvas").evaluate("canvas => canvas.toDataURL()"))


def test_every_row_has_its_figures_and_a_sentence_says_who_wins(page: Page) -> None:
    found = bench(page)
    names = ["Noisy", "Not trained on noise", "Trained on noise", "Median filter",
             "Non-local means", "Total variation"]  # fmt: skip
    for name in names:
        expect(row(page, name)).to_contain_text(FIGURES)
        expect(row(page, name).locator(".captions span").last).to_have_text(re.compile(r"\d"))
    expect(found.locator(".verdict")).to_contain_text(re.compile("The model trained on noise res"))


def test_drag_moves_noise_and_models_at_once_and_the_filters_follow(page: Page) -> None:
    found = bench(page)
    before = {name: pixels(page, name) for name in ("Noisy", "Trained on noise", "Median filter")}
    slider = page.get_by_role("slider", name="Standard deviation")
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    page.mouse.down()
    took = []
    for step in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.02 * step), box["y"] + 8)
        frames(page, 2)
        took.append(float(found.get_attribute("data-took") or "nan"))
    assert sorted(took)[len(took) // 2] < ONE_FRAME_MS
    assert pixels(page, "Noisy") != before["Noisy"]
    assert pixels(page, "Trained on noise") != before["Trained on noise"]
    assert pixels(page, "Median filter") == before["Median filter"]
    expect(row(page, "Median filter")).to_have_class(re.compile("old"))
    page.mouse.up()
    expect(row(page, "Median filter")).not_to_have_class(re.compile("old"))
    assert pixels(page, "Median filter") != before["Median filter"]
    expect(page).to_have_url(re.compile(r"noise-strength=0\.[89]"))


@pytest.mark.long
def test_back_of_the_browser_goes_back_to_the_noise_before(page: Page) -> None:
    found = bench(page)
    slider = page.get_by_role("slider", name="Standard deviation")
    before = pixels(page, "Noisy")
    settled = str(found.get_attribute("data-settled"))
    slider.press("End")
    expect(page).to_have_url(re.compile(r"noise-strength=1(&|$)"))
    expect(found).not_to_have_attribute("data-settled", settled)
    page.go_back()
    expect(slider).to_have_value("0.5")
    assert pixels(page, "Noisy") == before
    expect(page).not_to_have_url(re.compile("noise-strength"))
    settled = str(found.get_attribute("data-settled"))
    page.get_by_role("button", name="Blur", exact=True).click()
    expect(page).to_have_url(re.compile("noise=blur"))
    expect(found).not_to_have_attribute("data-settled", settled)
    page.go_back()
    expect(slider).to_have_value("0.5")
    assert pixels(page, "Noisy") == before


@pytest.mark.long
def test_brush_blackens_the_same_place_of_every_image(page: Page) -> None:
    found = bench(page, f"{ADDRESS}&noise=Masking&noise-strength=0")
    before = row(page, "Noisy").inner_text()
    box = found.get_by_role("img", name=re.compile("noisy$")).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(row(page, "Noisy")).not_to_contain_text(before.splitlines()[1])
    dark = row(page, "Noisy").locator("canvas").evaluate(
        """canvas => Array.from({length: 10}, (_, i) =>
             canvas.getContext("2d").getImageData(30 * i + 12, 14, 4, 1).data
               .filter((value, place) => place % 4 < 3 && value > 0).length)"""
    )  # fmt: skip
    assert dark == [0] * 10
    found.get_by_role("button", name="Clean the brush").click()
    expect(row(page, "Noisy")).to_contain_text(before.splitlines()[1])


@pytest.mark.long
def test_address_shows_the_same_noise_to_somebody_else(page: Page) -> None:
    bench(page)
    page.get_by_role("button", name="Salt and pepper").click()
    page.get_by_role("button", name="New noise").click()
    expect(page).to_have_url(re.compile("noise=salt_and_pepper.*noise-draw=[1-9]"))
    expect(row(page, "Median filter")).not_to_have_class(re.compile("old"))
    here = pixels(page, "Noisy")
    assert page.context.browser
    other = page.context.browser.new_page()
    bench(other, page.url)
    assert pixels(other, "Noisy") == here
    other.close()


@pytest.mark.long
def test_one_click_takes_the_noise_to_train(page: Page) -> None:
    bench(page)
    page.get_by_role("button", name="Published: mean 0.5").click()
    expect(page).to_have_url(re.compile(r"mean=0\.5"))
    settled(page)  # the address is written before the link that takes it along
    page.get_by_role("link", name="Train me at this noise").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_role("slider", name="Mean")).to_have_value("0.5")


@pytest.mark.long
def test_curve_comes_with_its_finding_and_its_mark_moves(page: Page) -> None:
    page.goto(f"{ADDRESS}&part=curve")
    title = page.locator(".st-key-denoising-curve .gtitle").first
    expect(title).to_contain_text("0.50:", timeout=60_000)
    page.get_by_role("slider", name="Standard deviation").focus()
    page.keyboard.press("ArrowRight")
    expect(title).to_contain_text("0.51:")


def test_browser_that_cannot_run_models_gets_the_servers_bench(page: Page) -> None:
    page.route("**/*.wasm*", lambda route: route.abort())
    page.goto(ADDRESS)
    expect(page.get_by_text("so the server decodes")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("slider", name="Standard deviation")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("restored by the model trained on noise")).first
           ).to_be_visible()  # fmt: skip
