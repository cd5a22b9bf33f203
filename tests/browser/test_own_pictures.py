"""Pictures of one's own for a model of a set that is none of digits: painted, and taken."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from ae_core import checkpoints
from ae_core.image_sets import saving
from ae_core.images.form import Form
from tests.image_sets.pets import collection_of

AGAIN = "The picture as the model draws it again"


@pytest.fixture
def things(app_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model of everybody's set of grey pictures, beside the app's own ones."""
    kept = checkpoints.load("digits-dense-49")
    monkeypatch.setenv("AE_HOME", str(app_folder / "home"))
    if "things-49" not in {card.name for card in checkpoints.available()[0]}:
        collection = collection_of(20)
        images = saving.save_for_all(
            collection, collection.survey(), Form(), name="things", title="Things"
        )
        card = replace(
            kept.card, name="things-49", image_set="things", image_set_sha256=images.sha256
        )
        checkpoints.save(card, kept.model)
    return "things-49"


def test_what_is_painted_is_drawn_again_and_is_still_there_later(page: Page, things: str) -> None:
    page.goto(f"/reconstruct?source=draw&model={things}")
    paper = page.get_by_role("img", name="Paper to paint on")
    paper.wait_for()
    box = paper.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=6)
    page.mouse.up()
    expect(page.get_by_alt_text(AGAIN)).to_be_visible()
    page.get_by_role("link", name="Denoise").first.click()
    expect(page.get_by_role("heading", name="Denoise")).to_be_visible()
    page.get_by_role("link", name="Reconstruct").first.click()
    expect(page.get_by_alt_text(AGAIN)).to_be_visible()
    page.get_by_role("button", name="clear").click()
    expect(page.get_by_alt_text(AGAIN)).to_have_count(0)
    page.get_by_role("application", name="Paper to paint on").focus()
    for key in ("Space", *5 * ["PageUp"], "Space"):
        page.keyboard.press(key)
    expect(page.get_by_alt_text(AGAIN)).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.get_by_alt_text(AGAIN)).to_have_count(0)


def test_the_phones_camera_is_asked_where_the_page_gets_no_live_one(
    page: Page, base_url: str, things: str
) -> None:
    """Another name of this machine is, to the app, another machine over plain HTTP."""
    address = base_url.replace("127.0.0.1", "localhost.")
    page.goto(f"{address}/reconstruct?source=camera&model={things}")
    photo = io.BytesIO()
    Image.new("RGB", (1600, 1200), (90, 40, 20)).save(photo, "JPEG")
    taking = page.locator("input[type=file][capture=environment]")
    taking.set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()})
    expect(page.get_by_text("1024 x 768 pixels")).to_be_visible()
    expect(page.get_by_alt_text(AGAIN)).to_be_visible()
    taking.set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(page.get_by_text("cannot read that file as a picture")).to_be_visible()
