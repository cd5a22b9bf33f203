"""What a hand has drawn is shown at a copied address: on the pad, with the brush, on the map."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.live_maps import middle, open_walk
from tests.browser.waiting import settled, steady, until

DRAWN = """() => [...document.querySelectorAll("*")]
  .map((each) => each.shadowRoot?.querySelector(".live")).filter(Boolean)
  .flatMap((live) => [...live.querySelectorAll("canvas, input[type=range]")])
  .filter((each) => each.offsetParent).map((each) => each.value ?? each.toDataURL())"""
"""Everything that is drawn in the browser, and where its sliders are."""


def stroke(page: Page, places: list[tuple[float, float]]) -> None:
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places:
        page.mouse.move(*place)
    page.mouse.up()


def on(canvas: Locator, shares: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places on a canvas, by shares of its width and height."""
    canvas.scroll_into_view_if_needed()
    box = until(canvas.page, canvas.bounding_box, bool)
    assert box
    return [(box["x"] + across * box["width"], box["y"] + down * box["height"])
            for across, down in shares]  # fmt: skip


def a_digit(page: Page) -> None:
    pad = page.get_by_role("img", name=re.compile("Drawing pad"))
    curve = [(0.5 + 0.25 * math.sin(step / 4), 0.2 + step / 60) for step in range(40)]
    stroke(page, on(pad, curve))
    page.get_by_label("Brush").select_option("thin")
    stroke(page, on(pad, [(0.2, 0.5), (0.8, 0.55)]))
    stroke(page, on(pad, [(0.1, 0.1)]))
    expect(page.get_by_text("On the way there")).to_be_visible()


def a_digit_on_the_map(page: Page) -> None:
    live = page.locator('.live[aria-busy="false"]')
    pad = live.get_by_role("img", name=re.compile("Drawing pad"))
    stroke(page, on(pad, [(0.5 + 0.2 * math.sin(step / 6), 0.2 + step / 60) for step in range(40)]))
    expect(page).to_have_url(re.compile(r"[?&]drawing="))
    x, y = middle(live)
    stroke(page, [(x, y), (x + 30, y - 20)])  # the code is elsewhere than where the drawing lies


def a_patch(page: Page) -> None:
    image = page.locator("canvas.brush")
    stroke(page, on(image, [(0.2 + step / 20, 0.4) for step in range(12)]))


def a_walk(page: Page) -> None:
    live = page.locator('.live[aria-busy="false"]')
    open_walk(live)
    live.get_by_role("button", name="by hand").click()
    x, y = middle(live)
    stroke(page, [(x - 120 + 10 * step, y + 60 * math.sin(step / 4)) for step in range(25)])
    expect(live.get_by_role("img", name="12 steps of the walk")).to_be_visible()
    expect(live.get_by_role("slider", name="Step of the walk")).to_have_value("47")


class Case(NamedTuple):
    address: str
    by_hand: Callable[[Page], None]
    name: str
    ready: str


CASES = [
    Case("/reconstruct?model=digits-dense-49&source=draw", a_digit, "drawing", "canvas.paper"),
    Case("/denoise?model=digits-dense-49&noise=masking", a_patch, "brush",
         ".denoising[data-settled] canvas.brush"),
    Case("/latent_space?model=digits-dense-49", a_walk, "walk", '.live[aria-busy="false"]'),
    Case("/latent_space?model=digits-vae-conv-2", a_digit_on_the_map, "drawing",
         '.live[aria-busy="false"]'),
]  # fmt: skip


def test_pad_that_is_cleared_again_after_back_is_empty(page: Page) -> None:
    page.goto("/reconstruct?model=digits-dense-49&source=draw")
    pad = page.get_by_role("img", name=re.compile("Drawing pad"))
    clear = page.get_by_role("button", name="clear", exact=True)
    stroke(page, on(pad, [(0.5, 0.2), (0.5, 0.8)]))
    for way_back in (page.go_back, lambda: None):
        expect(page).to_have_url(re.compile("[?&]drawing="))
        settled(page)
        clear.click()
        expect(page).not_to_have_url(re.compile("[?&]drawing="))
        expect(clear).to_be_disabled()
        settled(page)
        way_back()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.one_in(4)
def test_what_is_drawn_by_hand_is_shown_at_a_copied_address(
    page: Page, browser: Browser, base_url: str, case: Case
) -> None:
    def opened(page: Page, address: str) -> list[str]:
        page.goto(address)
        page.locator(case.ready).first.wait_for()
        settled(page)
        return steady(page, lambda: list(page.evaluate(DRAWN)))

    page.set_viewport_size({"width": 1280, "height": 900})
    before = opened(page, case.address)
    case.by_hand(page)
    page.mouse.move(0, 0)  # what is hovered over is drawn, too
    expect(page).to_have_url(re.compile(rf"[?&]{case.name}="))
    settled(page)
    here = steady(page, lambda: list(page.evaluate(DRAWN)))
    assert here != before
    stranger = browser.new_context(base_url=base_url).new_page()
    stranger.set_viewport_size({"width": 1280, "height": 900})
    opened(stranger, page.url)
    until(stranger, lambda: list(stranger.evaluate(DRAWN)), lambda there: there == here)
    stranger.context.close()
