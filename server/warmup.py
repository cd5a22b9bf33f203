"""Loads torch and the pages' caches while nobody waits: the first visit is not slowed down by it.

Importing torch keeps the interpreter busy for seconds. Begun at once, it held up the first page of
a visitor who came right after the start; begun in the first quiet moment, it does not.
"""

from __future__ import annotations

import gc
import importlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

QUIET_SECONDS = 0.75
"""The page's own scripts run for up to half a second between two requests."""

SWITCH_SECONDS = 0.0005
"""How soon the server gets a word in while modules are imported; Python's default is 0.005."""


class Traffic:
    """ASGI middleware that remembers when somebody last asked for something."""

    last_request = 0.0

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").endswith("/_stcore/health"):
            Traffic.last_request = time.monotonic()
        await self.app(scope, receive, send)


@contextmanager
def warm_up_when_quiet() -> Iterator[None]:
    """Wait for the first quiet moment, then import what the pages need, beside the server.

    Leaving waits for an import that has begun: a half-imported torch does not end well.
    """
    leaving = threading.Event()
    thread = threading.Thread(target=_warm_up, args=(leaving,), name="warm-up")
    thread.start()
    try:
        yield
    finally:
        leaving.set()


def _warm_up(leaving: threading.Event) -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    started = time.monotonic()
    while time.monotonic() - max(started, Traffic.last_request) < QUIET_SECONDS:
        if leaving.wait(0.1):
            return
    try:
        for name in ("torch", "pages.ui.cached"):
            if not leaving.is_set():
                importlib.import_module(name)
    finally:
        sys.setswitchinterval(usual)
    # All of this stays: collections need not look at it again.
    gc.freeze()
