"""What a classifier and the test images show on the live map, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from ae_core import palette
from tests.browser.test_live_map import opened, picture
from tests.browser.waiting import changed

MNIST = "/latent_space?model=mnist-vae-2&z=1.57,-0.479"
"""Among the zeros."""


def test_classifier_reads_every_step_of_a_walk(page: Page) -> None:
    live = opened(page, MNIST)
    bars = live.get_by_role("img", name=re.compile("What the classifier reads along the walk"))
    live.get_by_role("button", name="from here").click()
    expect(bars).to_have_count(0)
    board = live.get_by_role("application")
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
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"step 2 of 48: \d, \d+%"))
    changed(page, lambda: picture(live), before)
