"""A student of a class without a browser: a session and a stream of events, held as one does."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 60.0


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


def have(students: Sequence[Student], what: str, key: object) -> bool:
    """Whether all of them have been told this."""
    return all(key in getattr(each, what) for each in students)
