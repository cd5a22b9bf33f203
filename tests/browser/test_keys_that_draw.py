"""Who has a keyboard alone draws on the pad and paints with the brush; a map is heard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.live_maps import VAE, opened
from tests.browser.waiting import settled, until

MNIST = "/latent_space?model=mnist-vae-conv-2-longer&z=0,0"


def draw_a_one(page: Page) -> None:
    for key in (*9 * ["ArrowUp"], "Space", *18 * ["ArrowDown"], "Space"):
        page.keyboard.press(key)


def test_a_digit_drawn_by_keys_is_encoded_kept_and_cleared(page: Page) -> None:
    live = opened(page, MNIST)
    pad = live.get_by_role("application", name=re.compile("Drawing pad"))
    expect(pad).to_have_attribute("aria-label", re.compile("Space puts it down or lifts it"))
    pad.focus()
    page.keyboard.press("Home")
    expect(pad.locator(".cursor")).to_be_visible()
    page.keyboard.press("PageDown")
    draw_a_one(page)
    expect(pad.get_by_role("status")).to_have_text(re.compile("Pen lifted, .*% across"))
    expect(live.locator(".verdict")).to_have_text(re.compile("Like 1"))
    expect(page).to_have_url(re.compile("drawing="))
    page.keyboard.press("Delete")
    expect(pad.get_by_role("status")).to_have_text("Cleared.")
    until(page, lambda: page.url, lambda url: "drawing=" not in url)


def test_the_brush_covers_images_by_keys(page: Page) -> None:
    page.goto("/denoise?model=digits-dense-49&noise=masking&noise-strength=0")
    brush = page.get_by_role("application", name=re.compile("cover with a brush"))
    brush.focus()
    settled(page)
    for key in ("Space", *8 * ["ArrowRight"], "Space"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("brush="))
    page.keyboard.press("Delete")
    until(page, lambda: page.url, lambda url: "brush=" not in url)


def test_a_map_is_heard_once_that_is_asked_for(page: Page) -> None:
    live = opened(page, VAE)
    sound = live.get_by_role("button", name="sound", exact=True)
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    live.get_by_role("application", name="Map of codes").focus()
    page.keyboard.press("ArrowRight")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
