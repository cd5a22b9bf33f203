"""Home, where a first visitor plays before reading."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_maps import drawn, middle, picture
from tests.browser.waiting import changed, code_in, settled, until

HOME = "/?model=digits-vae-conv-2"

PHONE, PROJECTOR = (390, 844), (1280, 720)


def test_a_drag_on_the_map_of_home_moves_the_picture_and_every_page_knows_where(page: Page) -> None:
    page.goto(HOME)
    live = page.locator('.live[aria-busy="false"]')
    live.wait_for()
    settled(page)
    before = picture(live)
    x, y = middle(live)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 70, y + 40, steps=5)
    changed(page, lambda: picture(live), before)
    page.mouse.up()
    code = until(page, lambda: code_in(page), lambda code: len(code) == 2)
    page.get_by_test_id("stMain").get_by_role("link", name="Look").click()
    expect(page.get_by_role("heading", name="Latent space")).to_be_visible()
    page.locator('.live[aria-busy="false"] .place').wait_for()
    assert code_in(page) == code


def test_a_drawing_on_home_is_found_on_its_map(page: Page) -> None:
    page.goto(HOME)
    live = page.locator('.live[aria-busy="false"]')
    pad = live.get_by_role("img", name=re.compile("Drawing pad"))
    marks = drawn(live.locator(".board canvas").nth(2))
    settled(page)
    before = marks()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 30, steps=6)
    changed(page, marks, before)
    page.mouse.up()
    expect(page).to_have_url(re.compile("drawing="))


def test_the_wheel_scrolls_home_and_does_not_zoom_its_map(page: Page) -> None:
    page.goto(HOME)
    live = page.locator('.live[aria-busy="false"]')
    live.wait_for()
    settled(page)
    page.mouse.move(*middle(live))
    page.mouse.wheel(0, 200)
    scrolled = "main => main.scrollTop"
    until(page, lambda: page.get_by_test_id("stMain").evaluate(scrolled), lambda top: top > 100)


@pytest.mark.parametrize("size", [PHONE, PROJECTOR])
@pytest.mark.parametrize("address", [HOME, "/latent_space?model=digits-vae-conv-2"])
def test_picture_map_and_pad_are_in_one_view(
    page: Page, address: str, size: tuple[int, int]
) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    live = page.locator('.live[aria-busy="false"]')
    live.wait_for()
    settled(page)
    for part in ("canvas.big", ".board", "canvas.paper"):
        box = live.locator(part).bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height, part
        assert box["x"] + box["width"] <= width
