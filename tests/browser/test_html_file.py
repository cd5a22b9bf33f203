"""The file that people take home: opened from the disk, without a network, and used."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect

from ae_core import checkpoints, latent
from ae_core.export.html_file import html_file
from ae_core.image_sets import ImageSet
from tests.browser.live_maps import middle, picture, place
from tests.browser.test_drawn_by_hand import on, stroke
from tests.browser.waiting import changed, steady

NAME = "digits-vae-conv-2"
START = [0.5, -1.0]


@pytest.fixture
def home(browser: Browser, tmp_path: Path, digits: ImageSet) -> Iterator[Page]:
    """A model's file in a browser without network, which asks for nothing but the file."""
    file = tmp_path / "map.html"
    file.write_bytes(html_file(checkpoints.load(NAME), images=digits.test, z=START))
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda failure: wrong.append(str(failure)))
    page.goto(file.as_uri())
    page.locator('.live[aria-busy="false"]').wait_for()
    yield page
    assert [url for url in asked if not url.startswith("blob:")] == [file.as_uri()]
    assert wrong == []
    context.close()


def pixels(canvas: Locator) -> torch.Tensor:
    """The grey of each pixel, (28, 28) in [0, 1]."""
    script = """canvas => Array.from(canvas.getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height).data).filter((_, i) => i % 4 === 0)"""
    return torch.tensor(canvas.evaluate(script)).reshape(28, 28) / 255


def test_the_file_works_from_a_stick_without_a_network(home: Page) -> None:
    kept, live = checkpoints.load(NAME), home.locator(".live")
    big = live.locator("canvas.big")

    def agrees(code: list[float], within: float) -> None:
        expected = latent.decode(kept.model, torch.tensor([code]))[0, 0]
        assert (pixels(big) - expected).abs().max() < within

    agrees(START, 0.5 / 255 + 1e-4)
    before = picture(live)
    live.get_by_role("application", name="Map of codes").scroll_into_view_if_needed()
    x, y = middle(live)
    home.mouse.move(x, y)
    home.mouse.down()
    home.mouse.move(x + 60, y - 40, steps=8)
    home.mouse.up()
    changed(home, lambda: picture(live), before)
    steady(home, lambda: place(live))
    assert place(live) != START
    agrees(place(live), 0.05)  # the place is written with three digits
    expect(live.get_by_text(re.compile("could not|did not"))).to_have_count(0)

    pad = live.get_by_role("img", name=re.compile("Drawing pad"))
    dragged = place(live)
    stroke(home, on(pad, [(0.5 + 0.2 * math.sin(step / 6), 0.2 + step / 60) for step in range(40)]))
    changed(home, lambda: place(live), dragged)
    seen = pixels(live.get_by_role("img", name="The drawing as the model sees it"))
    encoded = kept.model.encode(seen.reshape(1, 1, 28, 28))[0]
    assert torch.allclose(torch.tensor(steady(home, lambda: place(live))), encoded, atol=0.03)
    live.get_by_role("button", name="decoded", exact=True).click()  # a sheet, from the worker
    expect(live.get_by_text(re.compile("could not|did not"))).to_have_count(0)
    assert home.evaluate("document.documentElement.scrollWidth") <= 390
