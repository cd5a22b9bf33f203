"""Waits for what a test expects, and never for a time: a busy machine takes longer, no more."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Error, Page

T = TypeVar("T")

PATIENCE_SECONDS = 60
"""The machines of the tests are busy; what comes sooner is not waited for."""

STEADY_FRAMES = 12

OPEN_MS = 5000
"""How long a list that was opened has the option; else it has closed."""


def settled(page: Page) -> None:
    """Wait until the script has run to its end."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def frames(page: Page, count: int) -> None:
    """Let the browser draw so many times."""
    page.evaluate(
        """count => new Promise(done => {
             const next = () => count-- > 0 ? requestAnimationFrame(next) : done();
             next();
           })""",
        count,
    )


def until(page: Page, read: Callable[[], T], holds: Callable[[T], bool]) -> T:
    """What is read once it is as it should be."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds(value := read()):
        assert time.monotonic() < end, f"after {PATIENCE_SECONDS} s it is still {value!r}"[:500]
        frames(page, 1)
    return value


def changed(page: Page, read: Callable[[], T], before: T) -> T:
    """What is read once it is something else than before."""
    return until(page, read, lambda value: value != before)


def steady(page: Page, read: Callable[[], T]) -> T:
    """What is read once it stays the same for some frames."""
    last, same = read(), 0

    def stays(value: T) -> bool:
        nonlocal last, same
        last, same = value, same + 1 if value == last else 0
        return same >= STEADY_FRAMES

    return until(page, read, stays)


def choose(page: Page, label: str, option: str | re.Pattern[str], *, typed: str = "") -> None:
    """Choose an option of a list, once a part of it is typed where the list is long.

    A list that is open closes where the page is drawn again, and draws its own options anew where
    it is scrolled: then it is opened again, as a person would.
    """
    settled(page)
    found = page.get_by_role("option", name=option).last

    def pressed() -> bool:
        page.get_by_role("combobox", name=label).click()
        page.keyboard.type(typed)
        try:
            found.scroll_into_view_if_needed(timeout=OPEN_MS)
            steady(page, lambda: found.bounding_box(timeout=OPEN_MS))
            found.click(timeout=OPEN_MS)
        except Error:
            page.keyboard.press("Escape")
            return False
        return True

    until(page, pressed, bool)


def code_in(page: Page) -> list[float]:
    """The code in the address, however the address writes it; none where it holds none."""
    found = parse_qs(urlparse(page.url).query).get("z")
    return [float(number) for number in found[0].split(",")] if found else []
