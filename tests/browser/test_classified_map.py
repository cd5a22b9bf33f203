"""What a classifier and the test images show on the live map, in a real browser."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from ae_core import palette
from tests.browser.live_maps import VAE, open_walk, opened, picture
from tests.browser.waiting import changed, settled, until

MNIST = "/latent_space?model=mnist-vae-2&z=1.57,-0.479"
"""Among the zeros."""

AMONG_ZEROS = """canvas => {
    const pen = canvas.getContext("2d");
    const { data } = pen.getImageData(0.85 * canvas.width, 0.6 * canvas.height, 1, 1);
    return Array.from(data);
}"""
"""Red, green, blue and opacity of a canvas where the map has its zeros."""

BLACK = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const black = new Uint32Array(data.buffer).filter(pixel => pixel === 0xff000000);
    return black.length / (canvas.width * canvas.height);
}"""
"""The share of a canvas that is black."""


@pytest.mark.long
def test_classifier_reads_every_step_of_a_walk(page: Page) -> None:
    live = opened(page, MNIST)
    bars = live.get_by_role("img", name=re.compile("What the classifier reads along the walk"))
    open_walk(live)
    live.get_by_role("button", name="from here").click()
    expect(bars).to_have_count(0)
    board = live.get_by_role("application", name="Map of codes")
    board.focus()
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
    live.get_by_role("button", name="to here").click()
    expect(bars).to_have_attribute("aria-label", re.compile("first 0, 100%.* least sure at step "))
    assert bars.locator("i").count() == 48
    zero = palette.rgb(palette.CLASSES[0])
    first = bars.locator("i").first
    expect(first).to_have_css("background-color", f"rgb({', '.join(map(str, zero))})")
    height = "bars => bars.map(bar => parseFloat(bar.style.height))"
    heights = bars.locator("i").evaluate_all(height)
    assert min(heights) < 90 < max(heights)
    before = picture(live)
    slider = live.get_by_role("slider", name="Step of the walk")
    expect(slider).to_have_value("47")  # the code is at the end of the walk
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"step 2 of 48: \d, \d+%"))
    changed(page, lambda: picture(live), before)


def test_regions_and_densities_lie_behind_the_codes_and_in_the_address(page: Page) -> None:
    live = opened(page, f"{MNIST}&view=regions")
    back = live.locator(".board canvas").first
    blue = palette.rgb(palette.CLASSES[0])

    def is_zero(pixel: list[int]) -> bool:
        return pixel[3] > 0 and all(abs(a - b) < 12 for a, b in zip(pixel, blue, strict=False))

    until(page, partial(back.evaluate, AMONG_ZEROS), is_zero)
    expect(live.get_by_text("Behind: what the classifier reads at each place;")).to_be_visible()
    density = live.get_by_role("button", name="density", exact=True)
    density.click()
    expect(page).to_have_url(re.compile("view=density"))
    until(page, partial(back.evaluate, AMONG_ZEROS), is_zero)
    zero = live.get_by_role("group", name="Classes on the map").get_by_role("button", name="0")
    zero.click()
    until(page, partial(back.evaluate, AMONG_ZEROS), lambda pixel: not is_zero(pixel))
    expect(page).to_have_url(re.compile("hidden=0"))
    settled(page)
    page.go_back()
    until(page, partial(back.evaluate, AMONG_ZEROS), is_zero)
    page.go_back()
    regions = live.get_by_role("button", name="regions", exact=True)
    expect(regions).to_have_attribute("aria-pressed", "true")
    expect(density).to_have_attribute("aria-pressed", "false")


def test_few_codes_in_view_are_shown_as_their_test_images(page: Page) -> None:
    live = opened(page, VAE)
    points = live.locator(".board canvas").nth(1)
    assert points.evaluate(BLACK) == 0
    live.get_by_role("application", name="Map of codes").focus()
    for _ in range(8):
        page.keyboard.press("+")
    until(page, partial(points.evaluate, BLACK), lambda share: share > 0.01)
    live.get_by_role("button", name="reset").click()
    until(page, partial(points.evaluate, BLACK), lambda share: share == 0)
