"""What is set on a page: steps of the browser's Back, and a copied address that shows the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.live_maps import open_walk
from tests.browser.waiting import settled, steady, until


def go(page: Page, name: str) -> None:
    """Open a page from the menu."""
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page).to_have_url(re.compile(name.lower().replace(" ", "_")))
    settled(page)


def test_a_page_and_a_change_that_has_come_to_rest_are_one_step_each(page: Page) -> None:
    first = page.get_by_alt_text(re.compile("reconstructed$")).first
    page.goto("/reconstruct?model=digits-dense-49&which=best")
    expect(first).to_be_visible()
    expect(page.get_by_text("Until all are measured")).to_have_count(0)
    settled(page)
    best = str(first.get_attribute("alt"))
    page.goto("/?model=digits-dense-49")
    expect(page.get_by_role("heading", name=re.compile("What does"))).to_be_visible()
    settled(page)
    go(page, "Reconstruct")
    expect(first).not_to_have_attribute("alt", best)
    page.get_by_role("radio", name="best").click()
    expect(page).to_have_url(re.compile("which=best"))
    expect(first).to_have_attribute("alt", best)
    settled(page)
    go(page, "Denoise")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/reconstruct\?.*which=best"))
    expect(page.get_by_role("radio", name="best")).to_be_checked()
    expect(first).to_have_attribute("alt", best)
    page.go_back()
    expect(page).not_to_have_url(re.compile("which"))
    expect(page.get_by_role("radio", name="one of each")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("radio", name="best")).to_be_checked()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("What does"))).to_be_visible()


@pytest.mark.long
def test_back_from_the_third_page_is_the_first(page: Page) -> None:
    page.goto("/?model=digits-vae-conv-2")
    expect(page.get_by_role("heading", name=re.compile("What does"))).to_be_visible()
    settled(page)
    go(page, "Denoise")
    go(page, "Latent space")
    page.locator('.live[aria-busy="false"]').wait_for()
    page.go_back()
    expect(page.get_by_role("heading", name="Denoise", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("What does"))).to_be_visible()


DRAWN = """() => {
  const live = document.querySelector(".live") ?? [...document.querySelectorAll("*")]
    .map((each) => each.shadowRoot?.querySelector(".live")).find(Boolean);
  return [...live.querySelectorAll("canvas")].filter((each) => each.offsetParent)
    .map((each) => each.toDataURL());
}"""
"""Everything that the live map has drawn."""


def live_map(page: Page, address: str) -> None:
    page.goto(address)
    page.locator('.live[aria-busy="false"]').wait_for()
    settled(page)


def drawn(page: Page) -> list[str]:
    return steady(page, lambda: list(page.evaluate(DRAWN)))


def zoom_in(page: Page) -> None:
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()


def zoom_at_a_place(page: Page) -> None:
    box = page.locator(".board").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 3)
    page.mouse.wheel(0, -200)


def hide(page: Page) -> None:
    legend = page.get_by_role("group", name="Classes on the map")
    legend.get_by_role("button", name="3", exact=True).click()
    legend.get_by_role("button", name="8", exact=True).click()


def other_axes(page: Page) -> None:
    page.get_by_label("Axes of the map").select_option("z[1], z[2]")


def a_grid(page: Page) -> None:
    page.get_by_role("button", name="decoded", exact=True).click()
    page.get_by_label("Images on the map").select_option("10 x 10")


def turn(page: Page) -> None:
    box = page.locator(".board").first.bounding_box()
    assert box
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 130, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")


def a_walk(page: Page) -> None:
    open_walk(page.locator(".live"))
    page.get_by_role("button", name="from here").click()
    board = page.get_by_role("application", name="Map of codes")
    board.press("ArrowRight")
    board.press("Shift+ArrowUp")
    page.get_by_role("button", name="to here").click()
    page.get_by_label("Way").select_option("arc")


SET_ON_THE_MAP: dict[Callable[[Page], None], list[str]] = {
    zoom_in: ["zoom"],
    zoom_at_a_place: ["zoom", "middle"],
    hide: ["hidden"],
    other_axes: ["axes"],
    a_grid: ["view", "grid"],
    turn: ["turned"],
    a_walk: ["walk", "way", "z"],
}


@pytest.mark.parametrize(
    "by_hand",
    [each if each == a_walk else pytest.param(each, marks=pytest.mark.long)
     for each in SET_ON_THE_MAP],
)  # fmt: skip
def test_what_is_set_on_the_map_is_shown_at_a_copied_address(
    page: Page, browser: Browser, base_url: str, by_hand: Callable[[Page], None]
) -> None:
    live_map(page, "/latent_space?model=digits-tanh-3")
    before = drawn(page)
    by_hand(page)
    page.mouse.move(0, 0)  # what is hovered over is drawn, too
    for name in SET_ON_THE_MAP[by_hand]:
        expect(page).to_have_url(re.compile(rf"[?&]{name}="))
    settled(page)
    here = drawn(page)
    assert here != before
    stranger = browser.new_context(base_url=base_url).new_page()
    live_map(stranger, page.url)
    until(stranger, lambda: stranger.evaluate(DRAWN), lambda there: there == here)
    stranger.context.close()
    if by_hand is not a_walk:  # which is some steps
        page.go_back()
        until(page, lambda: page.evaluate(DRAWN), lambda there: there == before)


def test_state_is_set_from_outside_by_a_rerun_and_on_the_map_without_one(page: Page) -> None:
    page.goto("/reconstruct?model=digits-dense-49")
    picture = page.get_by_alt_text(re.compile("reconstructed$")).first
    expect(picture).to_be_visible()
    settled(page)
    before = str(picture.get_attribute("alt"))
    until(page, lambda: page.evaluate("!!window.setPageState"), bool)
    page.evaluate("setPageState({ which: 'number', number: 20, draw: -1, nobody: 1 })")
    expect(page).to_have_url(re.compile(r"which=number&number=20$"))
    expect(picture).not_to_have_attribute("alt", before)
    expect(page.get_by_role("radio", name="number")).to_be_checked()

    live_map(page, "/latent_space?model=digits-vae-conv-2")
    first = drawn(page)
    until(page, lambda: page.evaluate("!!window.setPageState"), bool)
    page.evaluate("setPageState({ z: [0.5, -0.5], zoom: 2, hidden: [3] })")
    until(page, lambda: page.evaluate(DRAWN), lambda there: there != first)
    expect(page).to_have_url(re.compile("z=0.5%2C-0.5&zoom=2&hidden=3$"))
    page.evaluate("setPageState({ model: 'digits-tanh-3' })")
    expect(page).to_have_url(re.compile(r"model=digits-tanh-3$"))
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("tanh-3"))
