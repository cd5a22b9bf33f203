"""A class of sixty on one server: how soon every screen shows what the teacher shows.

The teacher and two students are real browsers. The other students hold a session and the stream of
events as a browser does, and acknowledge: what a map shows by itself once the event is there, a
page once its rerun has ended.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import websockets
from playwright.async_api import Browser, Page, async_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import report
from scripts.app_server import running_app
from scripts.browser import find_browser

CLIENTS, BROWSERS = 58, 2
MOVES, PAGES, MARKS_SECONDS = 40, 8, 10.0
KEY = "benchmark of a class"
MODEL = "digits-vae-conv-2"
PATIENCE = 60.0
CLASSES = 10
SMALL = 10
"""Clients of each of the ten classes after which memory is looked at."""

FORGOTTEN_SECONDS = 150.0
"""Until the server has let go of sessions that are gone."""

PAGES_SHOWN = (("Reconstruct", "reconstruct"), ("Home", "home"))

Figures = dict[str, float]


class Student:
    """A session that is held as a browser holds it, and what it has been told."""

    def __init__(self, url: str, number: int) -> None:
        self.url, self.number = url, number
        self.cookie = self.hash = self.present = self.query = ""
        self.widgets: dict[str, str] = {}
        self.looks: dict[float, float] = {}
        self.drawn: dict[str, float] = {}
        self.socket: Any = None
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self, stack: AsyncExitStack, code: str) -> None:
        """Come by the short address, give a nickname, and listen."""
        asked = urllib.request.Request(f"{self.url}/c/{code}", headers={"Accept": "text/html"})
        with await asyncio.to_thread(urllib.request.urlopen, asked) as answer:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self.socket = await stack.enter_async_context(
            websockets.connect(
                f"ws{self.url.removeprefix('http')}/_stcore/stream", max_size=None,
                subprotocols=[websockets.Subprotocol("streamlit")],
                additional_headers={"Cookie": self.cookie, "Origin": self.url},
            )
        )  # fmt: skip
        self.tasks.append(asyncio.create_task(self.read()))
        await self.run("join", query=f"code={code}")
        await until(lambda: "nickname" in self.widgets)
        await self.run(text={"nickname": f"Student {self.number}"})
        await until(lambda: "leave" in self.widgets)
        self.tasks.append(asyncio.create_task(self.listen()))

    async def run(
        self, page: str = "", *, query: str = "", text: dict[str, str] | None = None,
        pressed: str = "",
    ) -> None:  # fmt: skip
        """Ask for a page, or for the present one again with what was typed or pressed on it."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = self.query = query or self.query
        if page:
            rerun.page_name = page
        else:
            rerun.page_script_hash = self.hash
        for key, value in (text or {}).items():
            state = rerun.widget_states.widgets.add()
            state.id, state.string_value = self.widgets[key], value
        if pressed:
            state = rerun.widget_states.widgets.add()
            state.id, state.trigger_value = self.widgets[pressed], True
        await self.socket.send(message.SerializeToString())

    async def read(self) -> None:
        """Take over what the server says of this page."""
        async for data in self.socket:
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.hash = message.navigation.page_script_hash
                self.present = next(
                    each.url_pathname or "home" for each in message.navigation.app_pages
                    if each.page_script_hash == self.hash
                )  # fmt: skip
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta":
                element = message.delta.new_element
                of_kind = element.WhichOneof("type")
                if of_kind in ("button", "text_input"):
                    found = getattr(element, of_kind).id
                    self.widgets[found.split("-", 2)[-1]] = found  # Streamlit ends it with the key
            elif kind == "script_finished":
                self.drawn[self.present] = time.time()

    async def listen(self) -> None:
        """Take events as the browser's part does."""
        host, _, port = self.url.rpartition("//")[2].partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"GET /class/events HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {self.cookie}\r\n\r\n"
        writer.write(head.encode())
        kind = ""
        async for line in reader:
            text = line.decode().strip()
            if text.startswith("event: "):
                kind = text.removeprefix("event: ")
            elif text.startswith("data: ") and kind == "look":
                self.looks[json.loads(text.removeprefix("data: "))["z"][0]] = time.time()
            elif text.startswith("data: ") and kind in ("stage", "asks"):
                await self.run()
        writer.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError("A screen of the class did not follow.")
        await asyncio.sleep(0.005)


async def _shown(screen: Page, z0: float) -> float:
    """When a real screen has drawn the frame with this code."""
    end = time.monotonic() + PATIENCE
    while not (shown := await screen.evaluate("z0 => window.looks[z0] ?? 0", z0)):
        if time.monotonic() > end:
            raise RuntimeError("A browser did not follow.")
    return float(shown)


def _have(students: Sequence[Student], what: str, key: object) -> bool:
    """Whether all of them have been told this."""
    return all(key in getattr(each, what) for each in students)


def quantiles(name: str, seconds: list[float]) -> Figures:
    ordered = sorted(seconds)
    return {
        f"{name}_median_ms": 1000 * statistics.median(ordered),
        f"{name}_p95_ms": 1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
    }


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
    await teacher.get_by_text("Your class").click()


WATCH = """() => {
  window.looks = {};
  window.addEventListener("class-look", (event) => requestAnimationFrame(() => {
    window.looks[event.detail.z[0]] = Date.now() / 1000;
  }));
}"""


async def moves(teacher: Page, students: list[Student], screens: list[Page]) -> Figures:
    """The map under the teacher's hand: from the event of the map to the last screen."""
    for screen in screens:
        await screen.evaluate(WATCH)
    last = []
    for move in range(MOVES):
        z0 = round(-1.5 + 3 * move / MOVES, 4)
        began = time.time()
        await teacher.evaluate(
            """([model, z]) => window.dispatchEvent(new CustomEvent("map-moved", {
                 detail: { look: () => ({ model, z }) } }))""",
            [MODEL, [z0, 0.5]],
        )
        await until(partial(_have, students, "looks", z0))
        ends = [each.looks[z0] for each in students]
        ends += [await _shown(screen, z0) for screen in screens]
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
        await shows(teacher, link)
        await asyncio.gather(
            until(partial(_have, students, "drawn", name)),
            *(screen.wait_for_url(re.compile("reconstruct" if turn % 2 == 0 else r"/(\?.*)?$"))
              for screen in screens),
        )  # fmt: skip
        turns.append(time.time() - began)
        await asyncio.sleep(1.5)
    return quantiles("page_to_last_screen", turns)


async def marks(teacher: Page, students: list[Student]) -> Figures:
    """Each puts a mark on the map within ten seconds: how many are on the wall."""
    await to_classroom(teacher)
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
            await until(partial(_have, [student], "drawn", page))
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
        teacher = await new_page(browser)
        code = await opened(teacher, url)
        students = [Student(url, number) for number in range(clients)]
        screens = [await new_page(browser) for _ in range(BROWSERS if whole else 0)]
        began = time.time()
        await asyncio.gather(
            *(each.open(stack, code) for each in students),
            *(joins(screen, url, code, f"Browser {n}") for n, screen in enumerate(screens)),
        )
        figures["joined_s"] = time.time() - began
        everybody = f"{clients + len(screens)} people are in the class"
        await teacher.get_by_text(everybody).wait_for()
        await teacher.get_by_text("Everybody follows me").click()
        await shows(teacher, "Latent space")
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
        await to_classroom(teacher)
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
        places = {"AE_HOME": str(Path(folder) / "home"), "AE_TEACHER_KEY": KEY}
        with running_app(Path(folder) / "log", places) as url:
            return asyncio.run(all_classes(url))


if __name__ == "__main__":
    report.main("classroom", measure, "A class of sixty")
