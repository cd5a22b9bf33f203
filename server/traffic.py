"""When somebody last asked for something, so that heavy work can wait until nobody does."""

from __future__ import annotations

import math
import threading
import time

from starlette.types import ASGIApp, Receive, Scope, Send

LOOK_SECONDS = 0.1

PROBES = ("/_stcore/health", "/healthz", "/readyz")
"""What is asked by programs that watch over the app."""


class Traffic:
    """ASGI middleware that remembers when somebody last asked for something."""

    last_request = 0.0

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").endswith(PROBES):
            Traffic.last_request = time.monotonic()
        await self.app(scope, receive, send)


def wait_until_quiet(leaving: threading.Event, seconds: float, *, latest: float = math.inf) -> bool:
    """Wait until nobody has asked for anything for so long, at the `latest` so long from now.

    Gives whether to go on: False as soon as the server is `leaving`.
    """
    started = time.monotonic()
    while (now := time.monotonic()) - max(started, Traffic.last_request) < seconds:
        if now - started >= latest:
            break
        if leaving.wait(LOOK_SECONDS):
            return False
    return not leaving.is_set()
