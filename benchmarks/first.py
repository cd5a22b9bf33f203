"""The main job: training in seconds, a slider's way to its picture, evaluating, what comes first.

`--look` measures only what a visitor meets first (`first_look.py`), which needs no MNIST.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from playwright.sync_api import Browser, Page, sync_playwright

from ae_core import image_sets
from ae_core.evaluation.scores import evaluate
from ae_core.models import FAMILIES, FAMILY_OF, preset
from ae_core.settings import THREADS
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction
from benchmarks import first_look, report
from scripts.app_server import running_app
from scripts.browser import find_browser

KEY_PRESSES = 60
COLD_STARTS = 5

WATCH = """() => {
  window.moves = [];
  const picture = () => document.querySelector("img.ae-big")?.src;
  let pressed = 0, before = picture();
  addEventListener("keydown", () => { pressed = performance.now(); before = picture(); }, true);
  new MutationObserver(() => {
    if (!pressed || picture() === before || !picture()) return;
    const from = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => window.moves.push(performance.now() - from)));
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def trained_bce(seconds: float) -> tuple[float, float]:
    """Test BCE of the 49-D `fast` model after so many seconds, and the seconds it took."""
    images = image_sets.load("mnist")
    chosen = preset("wide-49", "fast")
    model = FAMILIES[FAMILY_OF["wide-49"]].model(chosen.config, images.image_shape)
    began = time.perf_counter()
    objective = reconstruction(model, images.train, chosen.recipe)
    for _ in Training(objective).prepare(seconds=seconds):
        pass
    took = time.perf_counter() - began
    return evaluate(model, images.test)["bce"], took


def evaluation_seconds() -> float:
    """Median seconds of `evaluate` over the 10,000 test images."""
    images = image_sets.load("mnist")
    chosen = preset("wide-49", "fast")
    model = FAMILIES[FAMILY_OF["wide-49"]].model(chosen.config, images.image_shape)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        evaluate(model, images.test)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def first_paint(browser: Browser, folder: Path) -> float:
    """Seconds from asking a server that has just started for the page to its first words."""
    with running_app(folder / "log") as url:
        page = browser.new_page()
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.get_by_role("heading", level=1).first.wait_for()
        took = time.perf_counter() - began
        page.close()
    return took


def slider_times(page: Page, url: str) -> list[float]:
    """Milliseconds from a key press on a slider to the changed picture, each way in turn.

    Of a browser without WebAssembly, for which the server decodes.
    """
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(f"{url}/latent_space?model=mnist-vae-conv-2-longer")
    page.locator("img.ae-big").wait_for()
    page.get_by_role("slider").first.focus()
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    for press in range(KEY_PRESSES):
        page.keyboard.press("ArrowRight" if press % 10 < 5 else "ArrowLeft")
        page.wait_for_timeout(250)
        while page.evaluate("window.moves.length") <= press:
            page.wait_for_timeout(50)
    times: list[float] = page.evaluate("window.moves")
    return times


@contextmanager
def chromium() -> Iterator[tuple[Browser, Path]]:
    """A browser, and an empty folder."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield browser, Path(folder)
        browser.close()


def look() -> dict[str, float]:
    """What a visitor meets first."""
    with chromium() as (browser, folder):
        return first_look.measure(browser, folder)


def measure() -> dict[str, float]:
    torch.set_num_threads(THREADS)
    figures: dict[str, float] = {}
    for seconds in (5, 12):
        bce, took = trained_bce(seconds)
        figures[f"bce_49d_after_{seconds}_s"] = bce
        figures[f"seconds_of_the_{seconds}_s_run"] = took
    figures["evaluate_10000_images_s"] = evaluation_seconds()
    with chromium() as (browser, folder):
        paints = [first_paint(browser, folder) for _ in range(COLD_STARTS)]
        figures["first_paint_cold_server_s"] = statistics.median(paints)
        with running_app(folder / "log") as url:
            times = sorted(slider_times(browser.new_page(), url))
    figures["slider_to_picture_median_ms"] = statistics.median(times)
    figures["slider_to_picture_p95_ms"] = times[int(0.95 * len(times))]
    return figures | look()


def main() -> None:
    about = "The main job, end to end"
    asked = report.parser("first", about)
    asked.add_argument("--look", action="store_true", help="only what a visitor meets first")
    arguments = asked.parse_args()
    goals = report.goals("first_look")
    if not arguments.look:
        goals |= report.goals("first")
    report.conclude(arguments, look() if arguments.look else measure(), goals, about)


if __name__ == "__main__":
    main()
