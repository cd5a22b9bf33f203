"""The whole ladder, trained at a press in a real browser with a real worker."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

SOON = 120_000


@pytest.mark.long
def test_the_ladders_curve_is_drawn_while_it_trains_and_says_what_was_found(page: Page) -> None:
    page.goto("/compare?model=digits-tanh-3&ladder=ae-2&sizes=1,2,8&seeds=3&ladder-steps=300")
    button = page.get_by_role("button", name="Train the whole ladder")
    button.click(timeout=SOON)
    expect(page.get_by_text("The ladder of 9 models: ")).to_be_visible(timeout=SOON)
    curve = page.locator(".js-plotly-plot", has_text=re.compile(r"After \d+% of the training"))
    expect(curve).to_be_visible(timeout=SOON)
    expect(curve.locator(".errorbars path").first).to_be_attached(timeout=SOON)
    found = page.locator(".js-plotly-plot", has_text=re.compile(r"less.*error than PCA"))
    expect(found).to_be_visible(timeout=SOON)
    expect(page.get_by_text("standard deviation over 3 seeds")).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
