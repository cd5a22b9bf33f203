"""*Take it home*: what each page gives away, downloaded as a person would."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from ae_core import checkpoints, latent
from tests.browser.waiting import settled

NAME = "digits-vae-conv-2"
HERE = f"model={NAME}"


def open_at(page: Page, address: str, labels: list[str]) -> None:
    """Open *Take it home* on a page, which gives these and no others."""
    page.goto(address)
    settled(page)
    page.get_by_test_id("stSidebar").locator("summary", has_text="Take it home").click()
    expect(page.get_by_text("The link opens this view as it is:")).to_be_visible()
    settled(page)
    given = page.locator(".st-key-take-home").get_by_test_id("stDownloadButton")
    expect(given).to_have_count(len(labels))
    assert [text.splitlines()[-1] for text in given.all_inner_texts()] == labels


def downloaded(page: Page, label: str) -> bytes:
    with page.expect_download() as download:
        page.locator(".st-key-take-home").get_by_role("button", name=label).click()
    return Path(download.value.path()).read_bytes()


def test_the_map_is_taken_home_in_every_form(page: Page) -> None:
    z, walk = [0.5, -1.0], "walk=-1,0.5,1,0.2"
    labels = ["Picture (PNG)", "Walk (GIF)", "Notebook", "Live map (HTML)", "Codes (CSV)"]
    open_at(page, f"/latent_space?{HERE}&z=0.5,-1&{walk}", labels)
    kept = checkpoints.load(NAME)
    picture = Image.open(io.BytesIO(downloaded(page, "Picture (PNG)")))
    expected = latent.decode(kept.model, torch.tensor([z]))[0, 0].mul(255).round()
    shown = picture.resize((28, 28), Image.Resampling.NEAREST).tobytes()
    assert list(shown) == expected.flatten().int().tolist()
    film = Image.open(io.BytesIO(downloaded(page, "Walk (GIF)")))
    assert film.format == "GIF"
    assert getattr(film, "n_frames", 1) > 20
    cells = json.loads(downloaded(page, "Notebook"))["cells"]
    assert any("z = torch.tensor([0.5, -1.0])" in cell["source"] for cell in cells)
    table = list(csv.reader(io.StringIO(downloaded(page, "Codes (CSV)").decode())))
    assert table[0] == ["test image", "class", "z[0]", "z[1]"]
    assert kept.codes is not None
    assert len(table) == len(kept.codes) + 1
    assert float(table[1][2]) == pytest.approx(float(kept.codes[0, 0]))
    html = downloaded(page, "Live map (HTML)").decode()
    assert '"z": [0.5, -1.0]' in html
    assert 'data-part="embedded:images-784"' in html


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        (f"/codes?{HERE}", ["Notebook", "Codes (CSV)"]),
        (f"/reconstruct?{HERE}", ["Live map (HTML)", "Codes (CSV)"]),
        (f"/compare?{HERE}", []),
    ],
)
def test_a_page_gives_what_it_has_and_nothing_else(
    page: Page, address: str, labels: list[str]
) -> None:
    open_at(page, address, labels)
    link = page.locator(".st-key-take-home").get_by_test_id("stCode").inner_text().strip()
    assert link.startswith("http://")
    assert address.lstrip("/").split("?")[0] in link


def test_what_is_taken_home_is_in_the_language_of_the_page(page: Page) -> None:
    page.goto(f"/models?{HERE}&lang=de")
    settled(page)
    with page.expect_download() as download:
        page.locator(f"[class*='st-key-html-{NAME}'] button:visible").first.click()
    assert b'<html lang="de">' in Path(download.value.path()).read_bytes()
