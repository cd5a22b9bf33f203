"""What a visitor meets first: the map on a cold server and a second visit, bytes, memory, shifts.

Drives the real page *Latent space* in headless Chromium on loopback. The map is under the hand when
its picture stands there and it takes the pointer, counted from the navigation. A cold server has
just answered that it is healthy, and has what an earlier start kept on disk, but for the very first
start of all. Memory is that of the page at rest, after a garbage collection.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, BrowserContext, Page

from pages.ui.state.declared import PAGES
from scripts import layout_shift
from scripts.app_server import ROOT, running_app

COLD_STARTS = 4
SECOND_VISITS = 5
SECONDS = 2
TRAIN = (
    "-m", "ae_core", "train", "vae-conv-2", "--set", "digits", "--seconds", str(SECONDS),
)  # fmt: skip
COMMANDS = 3
WIDTHS = {1280: 720, 390: 844}
AT_REST_MS = 4000

UNDER_THE_HAND = """
window.ready = 0;
const look = () => {
  const parts = [...document.querySelectorAll(".stBidiComponent *")];
  const live = parts.map(({ shadowRoot }) => shadowRoot?.querySelector(".live")).find(Boolean);
  if (live?.ariaBusy === "false") window.ready = performance.now();
  else requestAnimationFrame(look);
};
look();
"""


def measure(browser: Browser, folder: Path) -> dict[str, float]:
    """Everything; `folder` is empty, and `AE_HOME` goes into it."""
    home = {"AE_HOME": str(folder / "home")}
    with running_app(folder / "log", home) as url, new_page(browser) as page:
        very_first = map_seconds(page, url)
        page.wait_for_timeout(AT_REST_MS)
    cold = []
    for _ in range(COLD_STARTS):
        with running_app(folder / "log", home) as url, new_page(browser) as page:
            seconds = map_seconds(page, url)
            page.locator(".st-key-model-box").wait_for()  # the rest of the page is there, too
            cold.append((seconds, megabytes(page)))
    with running_app(folder / "log", home) as url:
        with new_page(browser) as page:
            map_seconds(page, url)
            page.wait_for_timeout(AT_REST_MS)
            again = [map_seconds(page, url) for _ in range(SECOND_VISITS)]
            page.wait_for_timeout(AT_REST_MS)
            heap, renderer = memory(page)
        shifted = max(shift(browser, url, name, width) for name in PAGES for width in WIDTHS)
    return {
        "map_on_cold_server_s": statistics.median(seconds for seconds, _ in cold),
        "map_on_very_first_start_s": very_first,
        "cold_visit_mb": max(sent for _, sent in cold),
        "map_on_second_visit_s": statistics.median(again),
        "heap_mb": heap,
        "renderer_mb": renderer,
        "worst_layout_shift": shifted,
        "train_command_beyond_its_seconds_s": command_seconds(home) - SECONDS,
    }


@contextmanager
def new_page(browser: Browser, width: int = 1280) -> Iterator[Page]:
    """A page of a visitor who was never here."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}
    )
    yield context.new_page()
    context.close()


def map_seconds(page: Page, url: str) -> float:
    """Seconds from the navigation to the map under the hand."""
    page.add_init_script(UNDER_THE_HAND)
    page.goto(f"{url}/latent_space", wait_until="commit")
    while not (ready := float(page.evaluate("window.ready ?? 0"))):
        page.wait_for_timeout(20)
    return ready / 1000


def megabytes(page: Page) -> float:
    """What the page has taken from the server, but for what goes through its WebSocket."""
    sent: float = page.evaluate(
        "performance.getEntries().reduce((sum, each) => sum + (each.transferSize ?? 0), 0)"
    )
    return sent / 1e6


def memory(page: Page) -> tuple[float, float]:
    """Megabytes of the heap of the page, and of its whole process."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    heap = next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")
    assert page.context.browser
    processes = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    renderers = [each["id"] for each in processes["processInfo"] if each["type"] == "renderer"]
    return heap / 1e6, max(psutil.Process(number).memory_info().rss for number in renderers) / 1e6


def shift(browser: Browser, url: str, name: str, width: int) -> float:
    """How far the parts of a page move while it loads."""
    with new_page(browser, width) as page:
        layout_shift.watch(page)
        page.goto(f"{url}/{'' if name == 'home' else name}")
        page.get_by_role("heading", level=1).first.wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.wait_for_timeout(1000)
        return layout_shift.total(page)


def command_seconds(environment: dict[str, str]) -> float:
    """Median seconds of a whole command that trains."""
    took = []
    for number in range(COMMANDS):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, *TRAIN, "--name", f"first-look-{number}"],
            cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=True,
        )  # fmt: skip
        took.append(time.perf_counter() - began)
    return statistics.median(took)
