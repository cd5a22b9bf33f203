"""Who is asking: an id that nobody guesses, in a signed cookie that no script can read.

It is given out with the first page, before Streamlit opens its connection, and lasts a year. The
key lies in `AE_SECRET`, or in a file of `AE_HOME` that is made at the first start. One address gets
so many new ones an hour: who comes later is known for one visit, and can upload nothing.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ae_core.accounts import limits, networks
from ae_core.accounts.cookies import COOKIE, MAX_AGE, new_cookie, owner_in
from ae_core.accounts.hourly import Hourly
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from server.network.paths import base_path

PAGES_ACCEPT = "text/html"

newcomers = Hourly()
"""New cookies by network."""


class Owners:
    """ASGI middleware that gives everybody who opens a page an id of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _asks_for_page(scope):
            await self.app(scope, receive, send)
            return
        cookie = HTTPConnection(scope).cookies.get(COOKIE, "")
        is_new = not owner_in(cookie)

        async def send_with_cookie(message: Message) -> None:
            is_start = message["type"] == "http.response.start"
            if is_start and is_new and _may_be_new(scope) and (new := new_cookie()):
                given = _header(new, scope["scheme"] == "https")
                message["headers"] = [*message["headers"], given]
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def person_of(connection: HTTPConnection, *opened: str) -> Person:
    """Who asks, and `opened` names that this address is the link of."""
    owner = owner_in(connection.cookies.get(COOKIE, ""))
    return Person(owner, opened=frozenset(opened), network=_network(connection.scope))


def _network(scope: Scope) -> str:
    return networks.mark_of(scope["client"][0]) if scope.get("client") else ""


def _may_be_new(scope: Scope) -> bool:
    """Whether one more new visitor may come from there; they are counted."""
    if not (network := _network(scope)):
        return True
    try:
        most = limits.limits().cookies_of_address_an_hour
    except UserError:  # the pages say what is wrong with the limits
        most = limits.Limits().cookies_of_address_an_hour
    newcomers.add(network)
    return newcomers.sum(network) <= most


def _asks_for_page(scope: Scope) -> bool:
    return PAGES_ACCEPT in dict(scope["headers"]).get(b"accept", b"").decode("latin-1")


def _header(cookie: str, secure: bool) -> tuple[bytes, bytes]:
    answer = Response()
    answer.set_cookie(
        COOKIE, cookie, max_age=MAX_AGE, httponly=True, samesite="lax", secure=secure,
        path=base_path() or "/",
    )  # fmt: skip
    return next(header for header in answer.raw_headers if header[0] == b"set-cookie")
