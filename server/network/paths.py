"""Which addresses there are: below the path under which a proxy calls the app, and none but ours.

Streamlit answers its page for every address, so that a misspelt one seems to be there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import URL
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from ae_core.settings import BASE_PATH

PAGES = Path(__file__).resolve().parents[2] / "pages"
STATIC = Path(st.__file__).parent / "static"
REST = "static-assets"
"""What Streamlit calls the route of all that no other one takes."""


class Paths:
    """ASGI middleware in front of all routes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        base = base_path()
        if base and scope["path"] == base and scope["type"] == "http":
            home = RedirectResponse(f"{base.rpartition('/')[2]}/", status_code=307)
            await home(scope, receive, send)
            return
        scope = without_base(scope)
        answer: Response | None = None
        path = scope["path"]
        if scope["type"] == "http" and not is_file(path) and not _is_route(scope):
            name = path.strip("/")
            if name not in pages():
                answer = PlainTextResponse("Not found", status_code=404)
            elif name and path.endswith("/"):  # relative, for a proxy may have taken a path away
                query = URL(scope=scope).query
                answer = RedirectResponse(f"../{name}{query and '?'}{query}", status_code=307)
        await (answer or self.app)(scope, receive, send)


def base_path() -> str:
    """The path under which browsers find the app; empty where that is the root."""
    base = BASE_PATH.value.strip("/")
    return base and f"/{base}"


def without_base(scope: Scope) -> Scope:
    """A request as it would be at the root, where a proxy has not made it one."""
    base, path = base_path(), str(scope["path"])
    if not base or not f"{path}/".startswith(f"{base}/"):
        return scope
    rest = path.removeprefix(base) or "/"
    return {**scope, "path": rest, "raw_path": rest.encode()}


@cache
def pages() -> frozenset[str]:
    """The names of the pages, as they stand in addresses."""
    return frozenset({"", *(path.stem for path in PAGES.glob("*.py"))})


@cache
def _files() -> frozenset[str]:
    return frozenset(
        f"/{path.relative_to(STATIC).as_posix()}" for path in STATIC.rglob("*") if path.is_file()
    )


def is_file(path: str) -> bool:
    """Whether Streamlit has such a file."""
    return path in _files()


def _is_route(scope: Scope) -> bool:
    routes = scope["app"].routes
    return any(
        route.matches(scope)[0] != Match.NONE
        for route in routes
        if getattr(route, "name", "") != REST
    )
