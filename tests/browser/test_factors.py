"""The live map in the colours of what is known of each image, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from ae_core import palette
from tests.browser.live_maps import drawn, opened
from tests.browser.waiting import changed

SHAPES = "/latent_space?model=shapes-vae-10"


@pytest.mark.long
def test_points_take_the_colours_of_a_factor_and_the_address_says_which(page: Page) -> None:
    live = opened(page, SHAPES)
    points = drawn(live.locator(".board canvas").nth(1))
    by_class = points()
    scale = live.locator(".scale")
    expect(scale).to_be_hidden()
    live.get_by_label("Coloured by").select_option("hue")
    expect(scale).to_have_text("hue0°240°")
    changed(page, points, by_class)
    expect(page).to_have_url(re.compile("[?&]colour=hue"))
    live = opened(page, f"{SHAPES}&colour=place")
    expect(live.get_by_label("Coloured by")).to_have_value("class")
    live = opened(page, f"{SHAPES}&colour=shape")
    expect(live.locator(".scale .swatch")).to_have_text(
        ["ellipse", "rectangle", "triangle", "heart"]
    )
    first = live.locator(".scale .swatch").first
    blue = ", ".join(map(str, palette.rgb(palette.CLASSES[0])))
    expect(first).to_have_css("border-bottom-color", f"rgb({blue})")
