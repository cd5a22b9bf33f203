"""Forty people press *Train* within a minute: in their own browsers, and on the server.

One of the browsers is real, and trains. The others are clients that ask for what the form's browser
asks for and, ten seconds later, send what the real one has made, each as a person of their own. The
share of a core is that of the server with its processes. On the server fewer people train for less
time; of each the wait that was foretold is held against the real one.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from ae_core.accounts import limits
from ae_core.accounts.person import Person
from ae_core.jobs import access, states, table, waits
from ae_core.jobs.job import Job
from ae_core.training.runs import RunSpec
from benchmarks import report
from scripts.app_server import running_app
from scripts.browser import find_browser

PEOPLE, MINUTE, TRAINS = 40, 60.0, 10.0
FORM = "/train?set=digits&seconds=10"
BEFORE, ON_SERVER, EACH, APART = 3, 20, 2.0, 0.5
"""Runs that tell how long they take here; and those whose waits are foretold."""

LONG, REST = 300.0, 3.0

Figures = dict[str, float]


@dataclass
class Seen:
    """What the real browser asked for and sent."""

    addresses: list[str]
    file: bytes
    first_frame: float
    whole: float


def by_a_browser(page: Page) -> Seen:
    """A run in a real browser; seconds from the press to a map that moves, and to the model."""
    addresses: list[str] = []
    files: list[bytes] = []
    page.on("request", lambda each: addresses.append(each.url)
            if "/live-training-images/" in each.url else None)  # fmt: skip
    page.on("request", lambda each: files.append(each.post_data_buffer or b"")
            if each.url.endswith("/learned-here") else None)  # fmt: skip
    page.goto(FORM)
    page.get_by_role("radio", name="in this browser").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Train", exact=True).click()
    began = time.monotonic()
    page.locator(".training[data-step]").wait_for(timeout=60_000)
    first = time.monotonic() - began
    page.get_by_text("Done in").wait_for(timeout=60_000)
    return Seen(addresses, files[0], first, time.monotonic() - began)


def newcomer(url: str) -> str:
    """The cookie of somebody who opens the app."""
    asked = urllib.request.Request(f"{url}/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(asked) as answer:
        return str(answer.headers["Set-Cookie"].partition(";")[0])


def given(address: str, cookie: str, data: bytes | None = None) -> bytes:
    method = "GET" if data is None else "PUT"
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
    asked = urllib.request.Request(address, data, headers, method=method)
    with urllib.request.urlopen(asked, timeout=LONG) as answer:
        found: bytes = answer.read()
        return found


async def client(url: str, seen: Seen, wait: float) -> float:
    """A person who presses after so long; seconds from there to their model."""
    await asyncio.sleep(wait)
    cookie = await asyncio.to_thread(newcomer, url)
    began = time.monotonic()
    for address in seen.addresses:
        await asyncio.to_thread(given, address, cookie)
    await asyncio.sleep(TRAINS)
    sent = await asyncio.to_thread(given, f"{url}/learned-here", cookie, seen.file)
    number = int(sent.partition(b":")[2].strip(b" }"))
    while (job := await asyncio.to_thread(table.get, number)).state != states.FINISHED:
        if job.is_over or time.monotonic() - began > LONG:
            raise RuntimeError(f"It ended as {job.state}: {job.message}")
        await asyncio.sleep(0.2)
    return time.monotonic() - began


def seconds_of_processor(server: psutil.Process) -> dict[int, float]:
    """What each process of the server has taken so far, and what it has waited for."""
    found = {}
    for each in [server, *server.children(recursive=True)]:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        waited = times.children_user + times.children_system
        found[each.pid] = times.user + times.system + waited
    return found


async def at_rest(server: psutil.Process) -> None:
    """Wait until the server has prepared all that it prepares once after a start."""
    while True:
        before = sum(seconds_of_processor(server).values())
        await asyncio.sleep(REST)
        if sum(seconds_of_processor(server).values()) - before < 0.05 * REST:
            return


async def a_class(url: str, seen: Seen) -> tuple[list[float], float]:
    """All of them; the seconds of each, and the share of a core that the server took."""
    server = next(
        each for each in psutil.Process().children(recursive=True) if "app.py" in each.cmdline()
    )
    await at_rest(server)
    before, began = seconds_of_processor(server), time.monotonic()
    presses = np.random.default_rng(0).uniform(0, MINUTE, PEOPLE - 1)
    found = await asyncio.gather(*(client(url, seen, float(press)) for press in presses))
    taken = sum(spent - before.get(pid, 0.0) for pid, spent in seconds_of_processor(server).items())
    return found, taken / (time.monotonic() - began)


def on_server() -> float:
    """How far the waits that were foretold are off, at nine of ten, as a share of the real ones."""
    slots, asked = limits.limits().slots, []
    for number in range(BEFORE):
        job = _asked_by(f"before {number}")
        while not table.get(job.id).is_over:
            time.sleep(0.2)
    for number in range(ON_SERVER):
        job = _asked_by(f"at the server {number}")
        __, foretold = waits.of(job, slots)
        asked.append((job.id, foretold, time.time()))
        time.sleep(APART)
    while any(not table.get(number).is_over for number, *__ in asked):
        time.sleep(0.2)
    off = []
    for number, foretold, then in asked:
        real = (table.get(number).started or then) - then
        off.append(abs(foretold - real) / max(real, 1.0))
    return float(np.quantile(off, 0.9))


def _asked_by(person: str) -> Job:
    spec = RunSpec("ae-2", "digits", seconds=EACH, title="On the server")
    return access.submit(Person(person), spec)


def measure() -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"AE_HOME": str(Path(folder) / "home"), "AE_DATA_DIR": folder}
        with running_app(Path(folder) / "log") as url:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=find_browser(), args=["--no-sandbox"]
                )
                page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 720})
                by_a_browser(page)  # the server is warm then
                seen = by_a_browser(page)
                browser.close()
            times, share = asyncio.run(a_class(url, seen))
            return {
                "browser_first_frame_s": seen.first_frame,
                "browser_press_to_model_s": seen.whole,
                "class_models": len(times) + 1.0,
                "class_median_s": float(np.median(times)),
                "class_last_s": max(times),
                "server_share_of_a_core": share,
                "foretold_wait_off_at_nine_of_ten": on_server(),
            }


if __name__ == "__main__":
    report.main("class_trains", measure, "A class that trains at once")
