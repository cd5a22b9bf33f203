"""Denoise, Compare and Codes as a visitor meets them: first pictures, controls, long computations.

Drives the real pages in headless Chromium, on a server and a worker that are warm. A first picture
is one that was not there before the click on the menu. A computation is asked on the page that
shows it, through the worker, and has ended when its chart stands there.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks import report
from scripts.app_server import running_app
from scripts.browser import find_browser

PAGES = ("Denoise", "Compare", "Codes")
VISITS = 5
MOVES = 20
TAPS = 12
CURVES = ("Masking", "Blur", "Contrast")
UMAPS = ("mnist-ae-16", "mnist-ae-32")
WARM_MS = 25_000

PICTURES = """() => {
  const found = [];
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) look(each.shadowRoot);
      const size = each.getBoundingClientRect();
      if (size.width < 20 || size.height < 20) continue;
      if (each.matches("img") && each.complete && each.naturalWidth) found.push(each.src);
      if (each.matches("canvas")) found.push(each);
    }
  };
  look(document.querySelector("[data-testid=stMain]") ?? document.body);
  return found;
}"""

FIRST_PICTURE = f"""(title) => {{
  const pictures = {PICTURES};
  const before = new Set(pictures());
  document.addEventListener("click", () => {{
    const began = performance.now();
    window.first_picture = 0;
    const look = () => {{
      const there = document.querySelector("h1")?.innerText === title;
      const seen = there && pictures().find((each) => !before.has(each));
      if (seen) window.first_picture = performance.now() - began;
      else requestAnimationFrame(look);
    }};
    look();
  }}, {{ once: true, capture: true }});
}}"""

TAPPED = f"""() => {{
  const pictures = {PICTURES};
  const before = new Set(pictures());
  document.addEventListener("click", () => {{
    const began = performance.now();
    window.next_picture = 0;
    const look = () => {{
      if (pictures().some((each) => !before.has(each))) {{
        window.next_picture = performance.now() - began;
      }} else requestAnimationFrame(look);
    }};
    look();
  }}, {{ once: true, capture: true }});
}}"""

TURNED = """async (range) => {
  const root = range.getRootNode(), took = [];
  const shown = () => [...root.querySelectorAll("img")].filter((each) => each.offsetParent);
  for (let turn = 0; turn < 20; turn++) {
    range.value = String(turn % (Number(range.max) + 1));
    const began = performance.now();
    range.dispatchEvent(new Event("input", { bubbles: true }));
    await Promise.all(shown().map((each) => each.decode()));
    took.push(performance.now() - began);
    await new Promise(requestAnimationFrame);
  }
  return took;
}"""


def first_pictures(browser: Browser, url: str) -> dict[str, float]:
    """Seconds from the click on a page in the menu to the first picture on it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    found: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(VISITS + 1):
        for name, times in found.items():
            page.goto(url)
            page.get_by_role("heading", level=1).first.wait_for()
            page.wait_for_timeout(1500)
            page.evaluate(FIRST_PICTURE, name)
            page.get_by_role("link", name=name, exact=True).first.click()
            took = waited_for(page, "first_picture")
            if turn:  # the first visit fills caches
                times.append(took / 1000)
    page.close()
    return {
        f"{name.lower()}_first_picture_s": statistics.median(times) for name, times in found.items()
    }


def waited_for(page: Page, name: str) -> float:
    """What the page measured, in milliseconds."""
    end = time.monotonic() + 60
    while not (took := page.evaluate(f"window.{name}")):
        if time.monotonic() > end:
            raise RuntimeError(f"{page.url}: no picture came")
        page.wait_for_timeout(20)
    return float(took)


def bench(browser: Browser, url: str) -> float:
    """Milliseconds from a move of the noise to all images restored, by models that are dense."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/denoise?model=mnist-dense-49")
    place = page.locator(".live.denoising[data-took]")
    place.wait_for()
    page.wait_for_timeout(3000)
    strength = place.get_by_role("slider").first
    times = []
    for turn in range(MOVES):
        strength.evaluate(
            """(range, share) => {
              range.value = String(Number(range.min) + share * (range.max - range.min));
              range.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            0.2 + 0.03 * turn,
        )
        page.wait_for_timeout(150)
        times.append(float(place.get_attribute("data-took") or "nan"))
    page.close()
    return statistics.median(times)


def dial(browser: Browser, url: str) -> float:
    """Milliseconds from a turn of the bottleneck dial to its pictures."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/compare")
    sizes = page.get_by_role("slider", name="Numbers in the code")
    sizes.wait_for()
    page.wait_for_timeout(2000)
    times: list[float] = sizes.evaluate(TURNED)
    page.close()
    return statistics.median(times)


def tap(browser: Browser, url: str) -> float:
    """Milliseconds from a tap on a digit to its neighbours, through the server."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/codes?part=neighbours&model=mnist-ae-16")
    digits = page.locator("button[aria-pressed]").filter(has=page.locator("img"))
    digits.first.wait_for()
    page.wait_for_timeout(4000)
    times = []
    for turn in range(TAPS):
        other = digits.nth((turn + 1) % 10)
        page.evaluate(TAPPED)
        other.click()
        times.append(waited_for(page, "next_picture"))
        page.wait_for_timeout(700)
    page.close()
    return statistics.median(times)


def computed(page: Page, address: str, chart: Locator) -> float:
    """Seconds from opening the page to its chart, less what it takes when the answer is kept."""
    seconds = []
    for _ in ("asked", "kept"):
        page.goto("about:blank")
        began = time.monotonic()
        page.goto(address)
        chart.wait_for(timeout=120_000)
        seconds.append(time.monotonic() - began)
    return seconds[0] - seconds[1]


def long_ones(browser: Browser, url: str) -> dict[str, float]:
    """Seconds that the worker's answers keep a visitor waiting."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    chart = page.locator(".js-plotly-plot").first
    curves = [
        computed(page, f"{url}/denoise?part=curve&model=mnist-dense-49&noise={noise}", chart)
        for noise in CURVES
    ]
    umaps = [
        computed(page, f"{url}/codes?part=maps&way-of-map=umap&model={model}", chart)
        for model in UMAPS
    ]
    page.close()
    return {
        "denoising_curve_s": statistics.median(curves),
        "umap_first_s": umaps[0],
        "umap_again_s": umaps[1],
    }


@contextmanager
def warm_app() -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of an app with a home of its own, server and worker warm."""
    folder = Path(tempfile.mkdtemp())
    os.environ["AE_HOME"] = str(folder / "home")
    try:
        with running_app(folder / "log") as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox"]
            )
            page = browser.new_page()
            page.goto(url)
            page.wait_for_timeout(WARM_MS)
            page.close()
            yield browser, url
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure() -> dict[str, float]:
    with warm_app() as (browser, url):
        return {
            **first_pictures(browser, url),
            "noise_to_restored_ms": bench(browser, url),
            "dial_to_pictures_ms": dial(browser, url),
            "tap_to_neighbours_ms": tap(browser, url),
            **long_ones(browser, url),
        }


if __name__ == "__main__":
    report.main("pages", measure, "Denoise, Compare and Codes")
