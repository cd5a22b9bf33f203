"""Whether the app is alive, and whether it is ready: its library, database, worker and disk."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ae_core.errors import UserError
from server.making import asked

FRESH_SECONDS = 2.0
"""Whoever asks again within this time is told the same."""

OK = "ok"


class Readiness:
    """What was found out last."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.when = -FRESH_SECONDS

    def look(self) -> dict[str, str]:
        """Each part, and `ok` or what is wrong with it, in a word."""
        if time.monotonic() - self.when >= FRESH_SECONDS:
            self.found = {name: _looked(look) for name, look in PARTS.items()}
            self.when = time.monotonic()
        return self.found


def _looked(look: Callable[[], str]) -> str:
    try:
        return look()
    except (OSError, UserError):
        return "failed"


def _library() -> str:
    from ae_core import checkpoints

    return OK if checkpoints.available()[0] else "empty"


def _database() -> str:
    from sqlalchemy import select

    from ae_core.database.connection import reading

    with reading() as connection:
        connection.execute(select(1))
    return OK


def _worker() -> str:
    from ae_core.jobs import worker

    return OK if worker.is_working() else "gone"


def _disk() -> str:
    from ae_core.accounts import disk, limits
    from ae_core.settings import settings

    if disk.free_percent() < limits.limits().disk_free_percent:
        return "full"
    probe = settings().home / ".ready"
    probe.write_bytes(b"")
    probe.unlink()
    return OK


PARTS = {"library": _library, "database": _database, "worker": _worker, "disk": _disk}
READINESS = Readiness()


async def alive(_request: Request) -> Response:
    """Whether this process answers."""
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


async def ready(_request: Request) -> Response:
    """Whether all that it needs is there, each part by name."""
    if "pages.ui.shared.cached" not in sys.modules:  # asking must not be the first visit
        found = dict.fromkeys(PARTS, "starting")
    else:
        found = await asked(READINESS.look)
    status = 200 if set(found.values()) == {OK} else 503
    return JSONResponse(found, status, headers={"Cache-Control": "no-store"})


ROUTES = [Route("/healthz", alive), Route("/readyz", ready)]
