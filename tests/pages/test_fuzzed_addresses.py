"""Pages at addresses that nobody's browser writes: none fails, and each can be used."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from tests import fuzzed
from tests.pages.app_pages import opened, words

RUNS, EACH, SAMPLE = 40, 20, 4


@pytest.mark.usefixtures("fresh_caches")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("run", "count"),
    [(0, SAMPLE), *(pytest.param(run, EACH, marks=pytest.mark.long) for run in range(1, RUNS + 1))],
)
def test_a_page_at_any_address_can_be_used(
    run: int,
    count: int,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    failed = []
    for page, query in fuzzed.pages(run, count):
        caplog.clear()
        app = opened(page, **query)
        logged = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
        if app.exception or logged or not words(app).strip():
            failed.append((page, query, [each.value for each in app.exception], logged))
    record_property("addresses", count)
    record_property("addresses_failed", len(failed))
    assert not failed
