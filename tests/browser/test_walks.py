"""Walks on the live map, in a real browser: between two places or images, along a drawn curve."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_maps import VAE, drawn, middle, open_walk, opened, place
from tests.browser.waiting import changed, steady


def test_walk_between_two_places_plays_and_is_downloaded(page: Page) -> None:
    live = opened(page, VAE)
    open_walk(live)
    x, y = middle(live)
    page.mouse.click(x - 90, y - 80)
    live.get_by_role("button", name="from here").click()
    page.mouse.click(x + 100, y + 70)
    live.get_by_role("button", name="to here").click()
    expect(live.get_by_role("img", name="12 steps of the walk")).to_be_visible()
    play = live.get_by_role("button", name="play")
    before = place(live)
    play.click()
    changed(page, lambda: place(live), before)
    live.get_by_role("button", name="stop").click()
    for way in ("arc", "along the data"):
        strip = drawn(live.locator(".strip"))
        former = steady(page, strip)
        live.get_by_label("Way").select_option(way)
        changed(page, strip, former)
    for button, start in (("GIF", b"GIF89a"), ("film strip", b"\x89PNG")):
        with page.expect_download() as download:
            live.get_by_role("button", name=button).click()
        assert Path(download.value.path()).read_bytes().startswith(start)


@pytest.mark.long
def test_walk_between_two_images_plays_at_once(page: Page) -> None:
    live = opened(page, VAE)
    open_walk(live)
    live.get_by_label("Class of the first image").select_option("0")
    live.get_by_label("Class of the last image").select_option("1")
    live.get_by_role("button", name="two images").click()
    expect(live.get_by_role("img", name="12 steps of the walk")).to_be_visible()
    changed(page, lambda: place(live), place(live))
    live.get_by_role("button", name="stop").click()


@pytest.mark.long
def test_walk_along_a_curve_drawn_by_hand(page: Page) -> None:
    live = opened(page, VAE)
    open_walk(live)
    by_hand = live.get_by_role("button", name="by hand")
    by_hand.click()
    by_hand.click()  # thought better of it: the next drag draws no way
    x, y = middle(live)
    page.mouse.click(x, y)
    expect(live.get_by_role("button", name="play")).to_be_disabled()
    by_hand.click()
    page.mouse.move(x - 120, y)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(x - 120 + 20 * step, y + 60 * math.sin(step / 2))
    page.mouse.up()
    expect(live.get_by_role("img", name="12 steps of the walk")).to_be_visible()
    expect(live.get_by_role("button", name="play")).to_be_enabled()
