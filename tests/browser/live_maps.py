"""The live map of an address, opened for the hand, and what a test reads of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.browser.waiting import settled, until

VAE = "/latent_space?model=digits-vae-conv-2&z=0,0"


def opened(page: Page, address: str) -> Locator:
    """The map of an address, ready for the hand."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)
    live = page.locator('.live[aria-busy="false"]')
    live.wait_for()
    settled(page)
    return live


def picture(live: Locator) -> str:
    """The decoded image as an address."""
    return str(live.locator("canvas.big").evaluate("canvas => canvas.toDataURL()"))


def place(live: Locator) -> list[float]:
    """The numbers under the picture."""
    text = live.locator(".place").inner_text().replace("\N{MINUS SIGN}", "-")
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


def open_walk(live: Locator) -> None:
    """Unfold the controls of a walk."""
    live.get_by_text("Walk from one image to another").click()


def middle(live: Locator) -> tuple[float, float]:
    box = until(live.page, live.get_by_role("application", name="Map of codes").bounding_box, bool)
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drawn(canvas: Locator) -> Callable[[], str]:
    """Reads what is on a canvas."""
    return lambda: str(canvas.evaluate("canvas => canvas.toDataURL()"))
