"""What a visitor does, in a real browser on the real server."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.waiting import changed, code_in, settled, steady, until

PAGES = {
    "/": "What does an autoencoder know about images?",
    "/reconstruct": "Reconstruct",
    "/latent_space": "Latent space",
    "/denoise": "Denoise",
}


def photo_of_a_seven() -> bytes:
    """Dark ink on unevenly lit paper, as a phone sees it."""
    light = np.linspace(150, 230, 400)[None, :] + np.linspace(0, 20, 300)[:, None]
    paper = Image.fromarray(light.astype(np.uint8)).convert("RGB")
    ImageDraw.Draw(paper).line([(120, 70), (250, 70), (170, 240)], (30, 30, 90), 18, "curve")
    written = BytesIO()
    paper.save(written, "JPEG")
    return written.getvalue()


@pytest.mark.parametrize(("path", "title"), PAGES.items())
@pytest.mark.one_in(2)
def test_page_opens_with_pictures_that_have_texts_and_fits_a_phone(
    page: Page, path: str, title: str
) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    # The first page of all waits for torch.
    picture = page.locator(".ae-pixel, .ae-film, canvas.big").first
    expect(picture).to_be_visible(timeout=30_000)
    settled(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    missing = page.locator("img:not([alt]), img[alt=''], .ae-film:not([aria-label])")
    expect(missing).to_have_count(0)
    wider = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    main = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert wider <= 0
    assert main <= 0
    assert not faults


def test_menu_leads_to_every_page_and_keeps_the_model(page: Page) -> None:
    page.goto("/?model=digits-vae-conv-2")
    page.locator(".ae-film").wait_for()
    for name in ("Reconstruct", "Latent space", "Denoise"):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(page).to_have_url(re.compile("model=digits-vae-conv-2"))


def test_copied_address_shows_the_same_to_somebody_else(page: Page) -> None:
    page.goto("/latent_space?model=digits-vae-conv-2")
    page.locator('.live[aria-busy="false"]').wait_for()
    settled(page)
    before = steady(page, lambda: code_in(page))
    page.get_by_role("button", name="Random code").click()
    changed(page, lambda: code_in(page), before)
    settled(page)
    assert page.context.browser
    other = page.context.browser.new_page()
    other.goto(page.url)
    other.locator('.live[aria-busy="false"]').wait_for()
    place = other.locator(".live .place").inner_text()
    other.close()
    expect(page.locator(".live .place")).to_have_text(place)
    page.get_by_role("button", name="Random code").click()
    expect(page.locator(".live .place")).not_to_have_text(place)


def test_uploaded_photo_is_found_and_reconstructed(page: Page) -> None:
    page.goto("/reconstruct?source=upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "seven.jpg", "mimeType": "image/jpeg", "buffer": photo_of_a_seven()}
    )
    expect(page.get_by_alt_text("The picture as the model draws it again")).to_be_visible()
    expect(page.get_by_text("On the way there")).to_be_visible()


def test_disguised_upload_gives_one_sentence_and_the_good_one_beside_it_works(page: Page) -> None:
    page.goto("/reconstruct?source=upload")
    files: list[FilePayload] = [
        {"name": "page.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"},
        {"name": "seven.jpg", "mimeType": "image/jpeg", "buffer": photo_of_a_seven()},
    ]
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_text("is an SVG drawing")).to_be_visible()
    expect(page.get_by_alt_text("The picture as the model draws it again")).to_be_visible()


def draw_a_seven(page: Page, *, lift: bool = True) -> None:
    pad = page.get_by_role("img", name=re.compile("Drawing pad"))
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 170, box["y"] + 50, steps=8)
    page.mouse.move(box["x"] + 90, box["y"] + 190, steps=8)
    if lift:
        page.mouse.up()


def test_drawn_digit_goes_through_models_at_every_stroke_and_is_cleared(page: Page) -> None:
    page.goto("/reconstruct?source=draw&model=digits-vae-conv-2&beside=digits-tanh-3")
    results = page.get_by_role("img", name=re.compile("The image through .*, MSE"))
    expect(page.locator(".companion")).to_have_count(2)
    draw_a_seven(page, lift=False)
    expect(results).to_have_count(2)
    expect(page.get_by_text("On the way there")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_text("On the way there")).to_be_visible()
    ink = "canvas => canvas.getContext('2d').getImageData(0, 0, 28, 28).data.some((v) => v > 0)"
    assert results.first.evaluate(ink)
    page.get_by_role("button", name="clear", exact=True).click()
    expect(page.get_by_text("On the way there")).to_have_count(0)
    until(page, lambda: page.locator(".companion canvas").first.evaluate(ink), lambda it: not it)


@pytest.mark.long
def test_drawing_is_still_there_after_a_visit_to_another_page(page: Page) -> None:
    page.goto("/reconstruct?source=draw")
    draw_a_seven(page)
    result = page.get_by_role("img", name=re.compile("The image through .*, MSE"))
    expect(result).to_be_visible()
    before = steady(page, lambda: result.get_attribute("aria-label"))
    page.get_by_role("link", name="Denoise", exact=True).click()
    expect(page.get_by_role("heading", name="Denoise")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Reconstruct", exact=True).click()
    expect(result).to_have_attribute("aria-label", str(before))
    page.get_by_role("button", name="clear", exact=True).click()
    expect(result).to_have_count(0)


@pytest.mark.long
def test_failed_download_of_mnist_says_what_to_do_and_the_page_lives(page: Page) -> None:
    page.goto("/reconstruct?model=mnist-dense-49")
    page.get_by_role("button", name="Fetch MNIST").click()
    expect(page.get_by_text("Fetching MNIST")).to_be_visible()
    expect(page.get_by_text("MNIST could not be downloaded")).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Fetch MNIST")).to_be_visible()
    expect(page.get_by_alt_text("reconstructed").first).to_be_visible()
