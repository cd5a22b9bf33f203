"""What is done in the real browsers of a class: the teacher's, and two students'."""

from __future__ import annotations

import re
import time

from playwright.async_api import Browser, Page

from benchmarks.classroom.student import PATIENCE

KEY = "benchmark of a class"

WATCH = """() => {
  window.looks = {};
  window.addEventListener("class-look", (event) => requestAnimationFrame(() => {
    window.looks[event.detail.z[0]] = Date.now() / 1000;
  }));
}"""


async def new_page(browser: Browser) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    page = await context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    return page


async def opened(teacher: Page, url: str) -> str:
    """The code of a class that is opened by hand."""
    await teacher.goto(f"{url}/classroom")
    key = teacher.get_by_label("Teacher's key")
    await key.fill(KEY)
    await key.press("Enter")
    await teacher.get_by_role("button", name="Open a class").click()
    address = await teacher.get_by_text(re.compile(r"/c/[2-9A-Z]{6}$")).inner_text()
    return address.strip().rpartition("/")[2]


async def joins(page: Page, url: str, code: str, name: str) -> None:
    """A real browser joins."""
    await page.goto(f"{url}/c/{code}")
    await page.get_by_label("Nickname").fill(name)
    await page.get_by_role("button", name="Join").click()
    await page.get_by_text("in the class").wait_for()


async def shows(teacher: Page, link: str) -> None:
    await teacher.get_by_role("link", name=link, exact=True).first.click()


async def to_classroom(teacher: Page) -> None:
    await teacher.get_by_role("link", name="Your class").click()


async def drawn(screen: Page, z0: float) -> float:
    """When a real screen has drawn the frame with this code."""
    end = time.monotonic() + PATIENCE
    while not (shown := await screen.evaluate("z0 => window.looks[z0] ?? 0", z0)):
        if time.monotonic() > end:
            raise RuntimeError("A browser did not follow.")
    return float(shown)
