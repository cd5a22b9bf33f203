"""A state that is set from outside until its picture is there, and what an idle worker costs.

Values are set in headless Chromium, also by a lesson's *Next*, on a server that is warm; the
worker is a process of its own, whose queries and processor time are counted once it has come to
rest.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from multiprocessing.connection import Connection

from playwright.sync_api import Browser
from sqlalchemy import event
from sqlalchemy.engine import Engine

from ae_core.jobs.worker import Worker
from benchmarks import report
from benchmarks.pages import waited_for, warm_app

MOVES = 20
SETTLE_SECONDS, LOOK_SECONDS = 10.0, 30.0

SET = """(values) => {
  const seen = () => {
    const found = [];
    const look = (root) => {
      for (const each of root.querySelectorAll("*")) {
        if (each.shadowRoot) look(each.shadowRoot);
        if (each.matches("img") && each.complete && each.naturalWidth) found.push(each.src);
        if (each.matches(".main canvas")) found.push(each.toDataURL());
      }
    };
    look(document.querySelector("[data-testid=stMain]"));
    return found;
  };
  const before = new Set(seen());
  const began = performance.now();
  window.set_picture = 0;
  if (values) window.setPageState(values);
  else document.querySelector(".st-key-lesson-next button").click();
  const look = () => {
    if (seen().some((each) => !before.has(each))) window.set_picture = performance.now() - began;
    else requestAnimationFrame(look);
  };
  look();
}"""


def from_outside(browser: Browser, url: str) -> dict[str, float]:
    """Milliseconds from a state that is set from outside to its picture, by a rerun and without.

    A lesson's *Next* to a step on the same page takes a rerun, too.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    found: dict[str, list[float]] = {
        "state_by_rerun_ms": [], "state_on_map_ms": [], "lesson_next_ms": [],
    }  # fmt: skip
    page.goto(f"{url}/reconstruct?model=digits-dense-49&which=number")
    page.get_by_alt_text("reconstructed").first.wait_for()
    page.wait_for_timeout(2000)
    for turn in range(MOVES):
        page.evaluate(SET, {"number": 10 * turn + 10})
        found["state_by_rerun_ms"].append(waited_for(page, "set_picture"))
        page.wait_for_timeout(300)
    page.goto(f"{url}/latent_space?model=digits-vae-conv-2")
    page.locator('.live[aria-busy="false"]').wait_for()
    page.wait_for_timeout(2000)
    for turn in range(MOVES):
        page.evaluate(SET, {"z": [0.1 * turn - 1, 0.5]})
        found["state_on_map_ms"].append(waited_for(page, "set_picture"))
        page.wait_for_timeout(300)
    page.goto(f"{url}/latent_space?lesson=off-the-map&step=3")
    page.locator('.live[aria-busy="false"]').wait_for()
    page.wait_for_timeout(2000)
    for _turn in range(MOVES // 2):
        page.evaluate(SET, None)
        found["lesson_next_ms"].append(waited_for(page, "set_picture"))
        page.locator(".st-key-lesson-back button").click()
        page.wait_for_timeout(1500)
    page.close()
    return {name: statistics.median(times) for name, times in found.items()}


def idle() -> dict[str, float]:
    """What a worker takes to which nobody gives anything to do."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=counted, args=(there,))
    process.start()
    queries, seconds = here.recv()
    process.join()
    return {
        "idle_worker_queries_a_second": queries / LOOK_SECONDS,
        "idle_worker_share_of_a_core": seconds / LOOK_SECONDS,
    }


def counted(pipe: Connection) -> None:
    """Tell how many queries, and seconds of processor time, a worker in this process takes."""
    queries = 0

    @event.listens_for(Engine, "before_cursor_execute")
    def asked(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal queries
        queries += not statement.startswith("BEGIN")  # which asks nothing

    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    time.sleep(SETTLE_SECONDS)
    before, began = queries, time.process_time()
    time.sleep(LOOK_SECONDS)
    pipe.send((queries - before, time.process_time() - began))
    worker.leaving = True
    thread.join()


def measure() -> dict[str, float]:
    with warm_app() as (browser, url):
        figures = from_outside(browser, url)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AE_HOME"] = folder
        return {**figures, **idle()}


if __name__ == "__main__":
    report.main("state", measure, "A state from outside, and an idle worker")
