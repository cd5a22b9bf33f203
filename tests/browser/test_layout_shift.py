"""Pages hold still while they load."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pages.ui.state.declared import PAGES
from scripts import layout_shift
from tests.browser.waiting import frames, settled, steady

MOST = 0.1
"""What web.dev calls good."""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.one_in(6)
def test_parts_of_a_page_stand_where_they_will_be(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720 if width > 600 else 844})
    layout_shift.watch(page)
    page.goto("/" if name == "home" else f"/{name}")
    page.get_by_role("heading", level=1).first.wait_for()
    settled(page)
    expect(page.locator('[data-testid=stSkeleton], .live[aria-busy="true"]')).to_have_count(0)
    steady(page, lambda: page.get_by_test_id("stMain").evaluate("main => main.scrollHeight"))
    frames(page, 20)
    assert layout_shift.total(page) <= MOST, layout_shift.shifts(page)


def test_the_watch_sees_what_moves(page: Page) -> None:
    layout_shift.watch(page)
    page.goto("/classroom")
    page.get_by_role("heading", level=1).first.wait_for()
    settled(page)
    before = layout_shift.total(page)
    page.evaluate("document.querySelector('.stMain').style.marginTop = '300px'")
    frames(page, 20)
    assert layout_shift.total(page) > before + MOST
