"""The page Models in a real browser: list, drawing, downloads, side by side."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.waiting import settled

PATIENCE = 15_000
"""Milliseconds for what the server does after a click: two busy cores take their time."""

LIBRARY = Path(__file__).resolve().parents[2] / "checkpoints"


def sizes(page: Page) -> tuple[int, int]:
    """By how much the page is wider than the window, and its main part than its place."""
    return (
        page.evaluate("document.scrollingElement.scrollWidth - innerWidth"),
        page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth"),
    )


def opened(page: Page, address: str) -> None:
    """Go there, and wait for what it shows: a cold server loads torch before the first page."""
    page.goto(f"/models{address}")
    page.locator(".ae-network svg, .ae-compare").first.wait_for(timeout=60_000)
    settled(page)
    page.locator(".model_list button, .ae-compare").first.wait_for()


def row(page: Page, name: str):
    return page.locator(f'.model_list button[data-name="{name}"]')


def test_page_fits_the_screen_and_shows_the_network(page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    for name, width in (("digits-tanh-3", 1280), ("digits-vae-conv-2", 390)):
        page.set_viewport_size({"width": width, "height": 720})
        opened(page, f"?model={name}")
        drawing = page.locator(".ae-network svg")
        box = drawing.locator("rect").first.bounding_box()
        assert box
        assert box["width"] >= 12
        assert max(sizes(page)) <= 0
        expect(page.get_by_test_id("stException")).to_have_count(0)
    assert not faults


def test_code_is_the_narrowest_box_and_lies_between_encoder_and_decoder(page: Page) -> None:
    opened(page, "?model=digits-tanh-3")
    boxes = {
        part: page.locator(f".ae-network .ae-{part} rect").first.bounding_box()
        for part in ("encoder", "code", "decoder")
    }
    code, encoder, decoder = boxes["code"], boxes["encoder"], boxes["decoder"]
    assert code and encoder and decoder
    assert encoder["x"] < code["x"] < decoder["x"]
    assert code["height"] < encoder["height"]


def test_another_row_shows_another_card_and_use_opens_the_latent_space(page: Page) -> None:
    opened(page, "?model=digits-tanh-3")
    expect(row(page, "digits-tanh-3")).to_have_attribute("aria-pressed", "true")
    row(page, "digits-dense-49").click()
    expect(page.get_by_role("heading", name="dense-49")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("model=digits-dense-49"), timeout=PATIENCE)
    expect(row(page, "digits-dense-49")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Use", exact=False).first.click()
    expect(page.get_by_role("heading", name="Latent space", exact=True)).to_be_visible(
        timeout=PATIENCE
    )
    expect(page).to_have_url(re.compile("latent_space.*model=digits-dense-49"))


def test_search_and_filters_leave_what_fits(page: Page) -> None:
    opened(page, "")
    rows = page.locator(".model_list button")
    expect(rows.first).to_be_visible()
    before = rows.count()
    page.get_by_label("Search the models").fill("tanh digits")
    expect(page.locator(".model_list button:visible")).to_have_count(1)
    page.get_by_label("Search the models").fill("no such thing")
    expect(page.get_by_text("No model is like this.")).to_be_visible()
    page.get_by_label("Search the models").fill("")
    page.get_by_label("Trained on").select_option("Built-in digits")
    expect(row(page, "mnist-tanh-3")).to_be_hidden()
    expect(row(page, "digits-tanh-3")).to_be_visible()
    page.get_by_label("Trained on").select_option("")
    expect(page.locator(".model_list button:visible")).to_have_count(before)


def test_arrow_keys_walk_through_the_list(page: Page) -> None:
    opened(page, "?model=digits-tanh-3")
    first = page.locator(".model_list button").first
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".model_list button").nth(1)).to_be_focused()


def test_downloaded_weights_are_those_of_the_card(page: Page) -> None:
    opened(page, "?model=digits-tanh-3")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download weights").click()
    assert download.value.suggested_filename == "digits-tanh-3.safetensors"
    found = hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest()
    card = json.loads((LIBRARY / "digits-tanh-3" / "card.json").read_text(encoding="utf-8"))
    assert found == card["weights_sha256"]
    expect(page.get_by_text(found[:16])).to_be_visible()


def test_downloaded_onnx_is_made_on_demand(page: Page) -> None:
    opened(page, "?model=digits-tanh-3")
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="Download ONNX").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as file:
        assert sorted(file.namelist()) == ["decoder.onnx", "encoder.onnx"]
