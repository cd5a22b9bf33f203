"""Training in the app: how soon it is seen, what it costs a step, how soon it ends.

Presses the button of the real page in headless Chromium, beside the real worker. The cost a step is
that of the loop with everything that the app does around it, against the loop alone, in turns.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ae_core.accounts.person import Person
from ae_core.jobs import access, files, states, table
from ae_core.jobs.job import Job
from ae_core.jobs.under_way import snapshots
from ae_core.jobs.under_way.record import Record
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from benchmarks import report
from scripts.app_server import running_app
from scripts.browser import find_browser

GOOD_BCE = 0.086
PATIENCE = 120.0
SOMEBODY = Person("benchmark")
TURNS = 5
STEPS = 800
ENDS = 5
SPEC = RunSpec("ae-16", "mnist", keep_codes=True, recipe={"threads": 1, "precision": "float32"})


def pressed(page: Page) -> tuple[float, float]:
    """Seconds from the click to the first loss on the page, and to a good test loss."""
    page.get_by_role("button", name="Train", exact=True).click()
    clicked, first = time.monotonic(), 0.0
    while time.monotonic() - clicked < PATIENCE:
        text = page.locator("[data-testid=stMain]").inner_text()
        if not first and "images a second" in text:
            first = time.monotonic() - clicked
        losses = re.findall(
            r"On test images now: Reconstruction \(cross-entropy\) ([\d.]+)\b", text
        )
        if first and losses and float(losses[0].rstrip(".")) < GOOD_BCE:
            return first, time.monotonic() - clicked
        page.wait_for_timeout(50)
    raise RuntimeError("The run did not get there.")


def in_the_browser(folder: Path) -> dict[str, float]:
    """What a visitor waits for, with a worker that is warm."""
    with running_app(folder / "log") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{url}/train")
        page.get_by_role("button", name="Train", exact=True).wait_for()
        page.wait_for_timeout(25_000)  # until the worker is warm
        firsts, goods = [], []
        for _ in range(3):
            first, good = pressed(page)
            firsts.append(first)
            goods.append(good)
            page.get_by_text("Done in").wait_for(timeout=60_000)
            page.wait_for_timeout(1000)
        browser.close()
        ends = endings()
    return {
        "first_loss_on_the_page_s": statistics.median(firsts),
        "test_bce_below_0.086_on_the_page_s": statistics.median(goods),
        **ends,
    }


def endings() -> dict[str, float]:
    """How soon a run rests that is told to, and how soon one is gone that hangs."""
    long = replace(SPEC, steps=1_000_000)
    pauses = []
    for _ in range(ENDS):
        job = access.submit(SOMEBODY, long)
        until(job, lambda now: now.step > 0)
        pauses.append(timed(job, states.PAUSE, states.PAUSED))
        access.request(SOMEBODY, job.id, states.DISCARD)
    job = access.submit(SOMEBODY, long)
    until(job, lambda now: now.step > 0)
    os.kill(int((files.folder(job.name) / "pid").read_text("ascii")), signal.SIGSTOP)
    return {
        "stop_answers_s": statistics.median(pauses),
        "hung_run_is_gone_s": timed(job, states.DISCARD, states.DISCARDED),
    }


def timed(job: Job, request: str, state: str) -> float:
    began = time.monotonic()
    access.request(SOMEBODY, job.id, request)
    until(job, lambda now: now.state == state)
    return time.monotonic() - began


def until(job: Job, reached: Callable[[Job], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached(table.get(job.id)):
        if time.monotonic() > end:
            raise RuntimeError(f"It is still {table.get(job.id)}")
        time.sleep(0.005)


def cost_a_step() -> float:
    """What the app adds to a step: the median over turns of its time over that of the bare loop."""
    ratios = []
    for turn in range(TURNS):
        seconds = {}
        for way in (False, True) if turn % 2 else (True, False):
            run = runs.start(replace(SPEC, steps=STEPS, name="my-cost"), on="cpu")
            seconds[way] = with_the_app(run) if way else bare(run)
        ratios.append(seconds[True] / seconds[False])
    return statistics.median(ratios)


def bare(run: runs.Run) -> float:
    began = time.perf_counter()
    for _ in run.training:
        pass
    return time.perf_counter() - began


def with_the_app(run: runs.Run) -> float:
    ours, theirs = multiprocessing.Pipe()
    threading.Thread(target=listen, args=(ours,), daemon=True).start()
    record = Record(run, snapshots.of(run.training.objective, run.images), theirs)
    began = time.perf_counter()
    for event in runs.watch(run):
        record.follow(event)
    taken = time.perf_counter() - began
    theirs.close()
    files.discard(run.spec.name)
    return taken


def listen(pipe: multiprocessing.connection.Connection) -> None:
    try:
        while pipe.recv_bytes():
            pass
    except EOFError:
        pipe.close()


def measure() -> dict[str, float]:
    folder = Path(tempfile.mkdtemp())
    os.environ["AE_HOME"] = str(folder / "home")
    try:
        return {"app_over_bare_loop": cost_a_step(), **in_the_browser(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    report.main("jobs", measure, "Training in the app")
