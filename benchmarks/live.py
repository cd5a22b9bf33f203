"""The live map under the hand: pointer to picture, frames, messages, loading, grids, the server.

Drives the real page in headless Chromium. Ready is when the first picture of the map stands there,
counted from the moment the page holds the map's place; a download is everything that the map asked
for until then. Sixty visitors are reckoned from one who lets go every five seconds.
"""

from __future__ import annotations

import math
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks import report
from scripts.app_server import running_app
from scripts.browser import find_browser

CONVOLUTIONAL, DENSE = "mnist-vae-conv-2-longer", "mnist-ae-2"
DRAG_SECONDS = 5.0
RELEASES = 12
GRIDS = 5
VISITS = 3
VISITORS, PAUSE = 60, 5.0

READY = """() => {
  window.opened = 0;
  const inside = ({ shadowRoot }) => shadowRoot?.querySelector(".live");
  const look = () => {
    if ([...document.querySelectorAll("*")].some(inside)) window.opened = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""

COUNT_FRAMES = """() => {
  window.frames_seen = 0;
  const frame = () => { window.frames_seen++; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""

LOADED = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => /\\/live/.test(name) && !/live-images/.test(name))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)"""


def opened(page: Page, url: str, model: str) -> Locator:
    """The map of a model, ready."""
    page.goto(f"{url}/latent_space?model={model}")
    live = page.locator('.live[aria-busy="false"]')
    live.wait_for()
    return live


def visits(browser: Browser, url: str) -> dict[str, float]:
    """Seconds until the map is ready, and megabytes for it, on a first visit and on a second."""
    seen: dict[str, list[float]] = {"first": [], "second": []}
    loaded: dict[str, float] = {}
    for _ in range(VISITS):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(f"({READY})()")
        for visit, times in seen.items():
            live = opened(page, url, CONVOLUTIONAL)
            times.append((live.evaluate("live => live.times.ready - window.opened")) / 1000)
            loaded[visit] = page.evaluate(LOADED) / 1e6
            page.wait_for_timeout(2500)  # the test images come after
        page.close()
    return {
        **{f"{visit}_visit_ready_s": statistics.median(times) for visit, times in seen.items()},
        **{f"{visit}_download_mb": size for visit, size in loaded.items()},
    }


def drag(page: Page, live: Locator, seconds: float) -> tuple[dict[str, list[float]], float]:
    """Move the pressed pointer in a circle; the times of the pictures, and frames a second."""
    box = live.locator(".board").bounding_box()
    assert box
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 3
    live.evaluate("({ times }) => { times.picture.length = times.decode.length = 0; }")
    page.mouse.move(x + radius, y)
    page.mouse.down()
    began, frames = time.perf_counter(), page.evaluate("window.frames_seen")
    while (now := time.perf_counter() - began) < seconds:
        page.mouse.move(x + radius * math.cos(2 * now), y + radius * math.sin(2 * now))
    rate = (page.evaluate("window.frames_seen") - frames) / (time.perf_counter() - began)
    times: dict[str, list[float]] = live.evaluate("({ times }) => times")
    return times, rate


def hand(browser: Browser, url: str) -> dict[str, float]:
    """What a dragging hand sees, what it sends, and how soon the server answers it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sent: list[Any] = []
    answered: list[float] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(text)))
    live = opened(page, url, CONVOLUTIONAL)
    page.wait_for_timeout(3000)
    page.evaluate(f"({COUNT_FRAMES})()")
    before = len(sent)
    times, rate = drag(page, live, DRAG_SECONDS)
    messages = len(sent) - before
    page.mouse.up()
    for turn in range(RELEASES):
        page.wait_for_timeout(700)
        address = page.url
        page.evaluate(
            """() => { addEventListener("pointerup", () => {
                const from = performance.now(), address = location.href;
                const look = () => location.href === address ? setTimeout(look, 1)
                  : (window.answered = performance.now() - from);
                window.answered = 0;
                look();
              }, { once: true, capture: true }); }"""
        )
        box = live.locator(".board").bounding_box()
        assert box
        page.mouse.click(box["x"] + 60 + 25 * turn, box["y"] + 150)
        while page.url == address or not (took := page.evaluate("window.answered")):
            page.wait_for_timeout(20)
        answered.append(took)
    page.close()
    pictures = sorted(times["picture"])
    return {
        "pointer_to_picture_median_ms": statistics.median(pictures),
        "pointer_to_picture_p95_ms": pictures[int(0.95 * len(pictures))],
        "decode_median_ms": statistics.median(times["decode"]),
        "frames_a_second_while_dragging": rate,
        "messages_while_dragging": messages,
        "release_to_answer_median_ms": statistics.median(answered),
    }


def grid(browser: Browser, url: str, model: str) -> tuple[float, float]:
    """Milliseconds for a grid of 30 x 30 images, and frames a second while grids are decoded."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    live = opened(page, url, model)
    live.get_by_role("button", name="both", exact=True).click()
    live.get_by_label("Images on the map").select_option("30 x 30")
    page.wait_for_timeout(3000)
    page.evaluate(f"({COUNT_FRAMES})()")
    live.evaluate("({ times }) => { times.grid.length = 0; }")
    for turn in range(GRIDS):
        live.get_by_role("button", name="Zoom in" if turn % 2 else "Zoom out").click()
        page.wait_for_timeout(2000)
    times: list[float] = live.evaluate("({ times }) => times.grid")
    rates = []
    for turn in range(GRIDS):
        live.get_by_role("button", name="Zoom in" if turn % 2 else "Zoom out").click()
        _, rate = drag(page, live, 0.6)
        rates.append(rate)
        page.mouse.up()
        page.wait_for_timeout(2000)
    page.close()
    return statistics.median(times), statistics.median(rates)


def server_seconds() -> Callable[[], float]:
    """A clock of the processor time that our child processes' server has taken; on Linux."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text("utf-8").split()
    server = next(pid for pid in children if b"app.py" in Path(f"/proc/{pid}/cmdline").read_bytes())
    tick = os.sysconf("SC_CLK_TCK")

    def taken() -> float:
        words = Path(f"/proc/{server}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / tick

    return taken


def share_of_a_core(browser: Browser, url: str) -> tuple[float, float]:
    """What dragging alone, and a release each five seconds, cost the server; for 60 visitors."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    live = opened(page, url, CONVOLUTIONAL)
    page.wait_for_timeout(3000)
    page.evaluate(f"({COUNT_FRAMES})()")
    taken = server_seconds()
    idle_from = taken()
    page.wait_for_timeout(6000)
    idle = (taken() - idle_from) / 6
    before = taken()
    drag(page, live, 6.0)
    dragging = (taken() - before) / 6 - idle
    page.mouse.up()
    page.wait_for_timeout(1000)
    before = taken()
    box = live.locator(".board").bounding_box()
    assert box
    for turn in range(20):
        page.mouse.click(box["x"] + 60 + 10 * turn, box["y"] + 120)
        page.wait_for_timeout(300)
    release = (taken() - before - 6 * idle) / 20
    page.close()
    return max(0.0, dragging) * VISITORS, release * VISITORS / PAUSE


def measure() -> dict[str, float]:
    figures: dict[str, float] = {}
    folder = Path(tempfile.mkdtemp())
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox"]
            )
            with running_app(folder / "log") as url:
                warm = browser.new_page()
                opened(warm, url, CONVOLUTIONAL)
                warm.wait_for_timeout(3000)
                warm.close()
                figures |= visits(browser, url)
                figures |= hand(browser, url)
                took, rate = grid(browser, url, CONVOLUTIONAL)
                figures["grid_30_convolutional_ms"] = took
                figures["frames_a_second_while_decoding_a_grid"] = rate
                figures["grid_30_dense_ms"] = grid(browser, url, DENSE)[0]
                if sys.platform == "linux":
                    dragging, releasing = share_of_a_core(browser, url)
                    figures["server_share_of_a_core_for_60_visitors"] = dragging
                    figures["the_same_with_a_release_each_5_s"] = releasing
            browser.close()
    finally:
        shutil.rmtree(folder)
    return figures


if __name__ == "__main__":
    report.main("live", measure, "The live map under the hand")
