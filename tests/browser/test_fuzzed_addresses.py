"""Addresses that nobody's browser writes, in Chromium: each page is there, and can be used."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests import fuzzed
from tests.browser.waiting import settled

LONGEST = 15_000
"""The server reads no longer address."""


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5))
def test_a_page_at_any_address_can_be_used(
    seed: int, page: Page, base_url: str, record_property: Callable[[str, object], None]
) -> None:
    failed, looked_at = [], 0
    for script, query in fuzzed.pages(1000 + seed, 10):
        looked_at += 1
        place = f"/{script}?{urlencode(query, doseq=True)}"[:LONGEST]
        page.goto(place.replace("/home?", "/?"))
        settled(page)
        expect(page.get_by_test_id("stTopNavLink").first).to_be_attached()
        if page.get_by_test_id("stException").count() or not page.locator("h1, h2").count():
            failed.append((place, page.inner_text("body")[:500]))
    record_property("addresses", looked_at)
    record_property("addresses_failed", len(failed))
    assert not failed
