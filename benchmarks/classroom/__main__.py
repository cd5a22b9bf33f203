"""A class of sixty on one server: how soon every screen shows what the teacher shows.

The teacher and two students are real browsers. The other students hold a session and the stream of
events as a browser does, and acknowledge: what a map shows by itself once the event is there, a
page once its rerun has ended.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import psutil
from playwright.async_api import Page, async_playwright

from benchmarks import report
from benchmarks.classroom import browsers
from benchmarks.classroom.student import Student, have, until
from scripts.app_server import running_app
from scripts.browser import find_browser

CLIENTS, BROWSERS = 58, 2
MOVES, PAGES, MARKS_SECONDS = 40, 8, 10.0
MODEL = "digits-vae-conv-2"
CLASSES = 10
SMALL = 10
"""Clients of each of the ten classes after which memory is looked at."""

FORGOTTEN_SECONDS = 150.0
"""Until the server has let go of sessions that are gone."""

PAGES_SHOWN = (("Reconstruct", "reconstruct"), ("Home", "home"))

Figures = dict[str, float]


def quantiles(name: str, seconds: list[float]) -> Figures:
    ordered = sorted(seconds)
    return {
        f"{name}_median_ms": 1000 * statistics.median(ordered),
        f"{name}_p95_ms": 1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
    }


async def moves(teacher: Page, students: list[Student], screens: list[Page]) -> Figures:
    """The map under the teacher's hand: from the event of the map to the last screen."""
    for screen in screens:
        await screen.evaluate(browsers.WATCH)
    last = []
    for move in range(MOVES):
        z0 = round(-1.5 + 3 * move / MOVES, 4)
        began = time.time()
        await teacher.evaluate(
            """([model, z]) => window.dispatchEvent(new CustomEvent("map-moved", {
                 detail: { look: () => ({ model, z }) } }))""",
            [MODEL, [z0, 0.5]],
        )
        await until(partial(have, students, "looks", z0))
        ends = [each.looks[z0] for each in students]
        ends += [await browsers.drawn(screen, z0) for screen in screens]
        last.append(max(ends) - began)
        await asyncio.sleep(0.15)
    return quantiles("move_to_last_screen", last)


async def pages(teacher: Page, students: list[Student], screens: list[Page]) -> Figures:
    """Another page: from the teacher's press to the end of the last screen's rerun."""
    turns = []
    for turn in range(PAGES):
        link, name = PAGES_SHOWN[turn % 2]
        for each in students:
            each.drawn.pop(name, None)
        began = time.time()
        await browsers.shows(teacher, link)
        await asyncio.gather(
            until(partial(have, students, "drawn", name)),
            *(screen.wait_for_url(re.compile("reconstruct" if turn % 2 == 0 else r"/(\?.*)?$"))
              for screen in screens),
        )  # fmt: skip
        turns.append(time.time() - began)
        await asyncio.sleep(1.5)
    return quantiles("page_to_last_screen", turns)


async def marks(teacher: Page, students: list[Student]) -> Figures:
    """Each puts a mark on the map within ten seconds: how many are on the wall."""
    await browsers.to_classroom(teacher)
    await teacher.get_by_role("tab", name="Question").click()
    await teacher.get_by_role("textbox", name="Question").fill("Where?")
    await teacher.get_by_role("button", name="Ask", exact=True).click()
    await until(lambda: all(each.present == "latent_space" for each in students))
    await until(lambda: all("latent_space" in each.drawn for each in students))
    await asyncio.sleep(2)

    async def mark(student: Student) -> None:
        await asyncio.sleep(MARKS_SECONDS * student.number / len(students))
        for page, z in (("reconstruct", ""), ("latent_space", f"&z={student.number / 30},0.1")):
            student.drawn.pop(page, None)
            await student.run(page, query=f"model={MODEL}{z}")
            await until(partial(have, [student], "drawn", page))
        key = next(key for key in student.widgets if key.startswith("answer-"))
        await student.run(pressed=key)

    await asyncio.gather(*map(mark, students))
    wanted = f"{len(students)} marks on the map"
    began = time.time()
    await teacher.get_by_text(wanted).first.wait_for()
    return {"marks_on_the_wall": float(len(students)), "wall_behind_s": time.time() - began}


async def a_class(url: str, server: psutil.Process, clients: int, *, whole: bool) -> Figures:
    """One class, from the first who joins to its end."""
    figures: Figures = {}
    async with AsyncExitStack() as stack, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox"]
        )
        teacher = await browsers.new_page(browser)
        code = await browsers.opened(teacher, url)
        students = [Student(url, number) for number in range(clients)]
        screens = [await browsers.new_page(browser) for _ in range(BROWSERS if whole else 0)]
        began = time.time()
        await asyncio.gather(
            *(each.open(stack, code) for each in students),
            *(
                browsers.joins(screen, url, code, f"Browser {n}")
                for n, screen in enumerate(screens)
            ),
        )
        figures["joined_s"] = time.time() - began
        everybody = f"{clients + len(screens)} people are in the class"
        await teacher.get_by_text(everybody).wait_for()
        await teacher.get_by_text("Everybody follows me").click()
        await browsers.shows(teacher, "Latent space")
        await teacher.locator('.live[aria-busy="false"]').wait_for()
        for screen in screens:
            await screen.locator('.live[aria-busy="false"]').wait_for()
        await until(lambda: all("latent_space" in each.drawn for each in students))
        await asyncio.sleep(3)
        if whole:
            figures |= await moves(teacher, students, screens)
            figures |= await pages(teacher, students, screens)
            figures |= await marks(teacher, students)
            [screen, *_] = screens
            await screen.reload()
            await screen.get_by_text("Browser 0").wait_for()
            await screen.wait_for_url(re.compile("latent_space"))
            figures["kept_by_a_reload"] = 1.0
        figures["memory_mib"] = memory(server)
        await browsers.to_classroom(teacher)
        await teacher.get_by_role("tab", name="The class").click()
        await teacher.get_by_role("button", name="Close the class").click()
        await teacher.get_by_role("button", name="Close it").click()
        await teacher.get_by_role("button", name="Open a class").wait_for()
        for each in students:
            for task in each.tasks:
                task.cancel()
        await browser.close()
    return figures


def memory(server: psutil.Process) -> float:
    """What the server holds; its worker is a process of its own."""
    return float(server.memory_info().rss / 2**20)


async def all_classes(url: str) -> Figures:
    """One whole class, then ten of which only the memory counts."""
    server = next(
        each for each in psutil.Process().children(recursive=True) if "app.py" in each.cmdline()
    )
    await asyncio.sleep(25)  # until it is warm
    figures = await a_class(url, server, CLIENTS, whole=True)
    await asyncio.sleep(FORGOTTEN_SECONDS)
    before = memory(server)
    for _ in range(CLASSES):
        await a_class(url, server, SMALL, whole=False)
    await asyncio.sleep(FORGOTTEN_SECONDS)
    return {**figures, "memory_more_after_ten_classes_mib": memory(server) - before}


def measure() -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        places = {"AE_HOME": str(Path(folder) / "home"), "AE_TEACHER_KEY": browsers.KEY}
        with running_app(Path(folder) / "log", places) as url:
            return asyncio.run(all_classes(url))


if __name__ == "__main__":
    report.main("classroom", measure, "A class of sixty")
