"""What is pushed to every page of a class: one stream of events a page, and the teacher's hand.

A listener that is slow is told the newest of each kind alone, so that nothing piles up; one that
comes back is told what every screen shows now.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from ae_core.classroom import news
from ae_core.errors import UserError
from server.making import asked
from server.network.protocols import STREAM
from server.owner import person_of

ALIVE_SECONDS = 15.0
"""How often a stream without news says that it is alive."""

RETRY_MS = 1000
APART_SECONDS = 0.03
"""Between two events of a stream: what comes meanwhile is one."""

MOST_LOOK = 32 * 1024
"""Bytes of what a teacher's map says of itself."""

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Mailbox:
    """The newest of each kind of news that a listener has not been told."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.waiting: dict[str, Any] = {}
        self.arrived = asyncio.Event()

    def put(self, kind: str, says: Any) -> None:
        """Take news from any thread."""
        self.loop.call_soon_threadsafe(self._put, kind, says)

    def _put(self, kind: str, says: Any) -> None:
        self.waiting.pop(kind, None)
        self.waiting[kind] = says
        self.arrived.set()

    async def take(self) -> dict[str, Any]:
        """What has come; nothing after a while without news."""
        try:
            await asyncio.wait_for(self.arrived.wait(), ALIVE_SECONDS)
        except TimeoutError:
            return {}
        self.arrived.clear()
        taken, self.waiting = self.waiting, {}
        return taken


async def events(request: Request) -> Response:
    """The stream of who is in a class, or teaches one; without a class the browser asks no more."""
    try:
        code, member = await asked(_place, request)
    except UserError:  # the database is busy: the browser asks again
        return PlainTextResponse("", status_code=503, headers=HEADERS)
    if not code:
        return Response(status_code=204, headers=HEADERS)
    mailbox = Mailbox()
    stop = news.listen(code, mailbox.put)
    return StreamingResponse(
        _stream(code, member, mailbox, stop), media_type="text/event-stream", headers=HEADERS
    )


async def _stream(
    code: str, member: int, mailbox: Mailbox, stop: Callable[[], None]
) -> AsyncIterator[bytes]:
    """Events as they come; `member` is 0 for the teacher."""
    from ae_core.classroom import classes  # the database comes after the first page

    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        now = await asked(classes.by_code, code)
        if now is not None:
            mailbox.put(news.STAGE, classes.told(now))
        while True:
            taken = await mailbox.take()
            if not taken:
                yield b": alive\n\n"
            for kind, says in taken.items():
                is_others = says != member if kind == news.OUT else kind in news.OF_TEACHERS
                if is_others and member:
                    continue
                yield f"event: {kind}\ndata: {json.dumps(says)}\n\n".encode()
                if kind == news.CLOSED:
                    return
            await asyncio.sleep(APART_SECONDS)
    finally:
        stop()


def _place(request: Request) -> tuple[str, int]:
    from ae_core.classroom import classes, members

    person = person_of(request)
    if (taught := classes.of_teacher(person)) is not None:
        return taught.code, 0
    found = members.of(person)
    return (found[0].code, found[1].id) if found is not None else ("", 0)


async def look(request: Request) -> Response:
    """How the teacher's map lies just now, for every screen that follows."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_LOOK:
            return PlainTextResponse("Too long", status_code=413)
    try:
        says = json.loads(body)
        if not isinstance(says, dict):
            return PlainTextResponse("Not a map", status_code=422)
        await asked(_look, request, says)
    except ValueError:
        return PlainTextResponse("Not a map", status_code=422)
    except UserError as failure:
        return PlainTextResponse(str(failure), status_code=404)
    return Response(status_code=204, headers=HEADERS)


def _look(request: Request, says: dict[str, Any]) -> None:
    from ae_core.classroom import classes

    person = person_of(request)
    if (taught := classes.of_teacher(person)) is not None:
        classes.look(person, taught.code, says)


def short(request: Request) -> Response:
    """The short address of a class leads to the page on which one joins."""
    code = "".join(each for each in str(request.path_params["code"]) if each.isalnum())
    return RedirectResponse(f"../join?code={code[:12]}", status_code=307)


ROUTES = [
    Route(STREAM, events),
    Route("/class/look", look, methods=["POST"]),
    Route("/c/{code}", short),
]
