"""One line of JSON for each request: what kind, how it ended, how long it took; and no more.

Addresses of what people made open it, and so do session ids: of an address only its kind is told.
"""

from __future__ import annotations

import json
import sys
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ae_core.accounts.networks import mark_of
from ae_core.settings import LOG
from server import metrics
from server.network.paths import pages, without_base

KINDS = (
    "_stcore/upload_file", "_stcore/stream", "_stcore", "live-models", "live-images",
    "live-classifiers", "live-factors", "live-training-images", "live", "learned-here", "media",
    "component", "static", "healthz", "readyz",
)  # fmt: skip


class RequestsLog:
    """ASGI middleware around all others, which counts requests and may write a line for each."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        began, status, sent = time.perf_counter(), 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and status != 101:
                status = 403
            sent += len(message.get("body", b"") or message.get("bytes") or b"")
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            seconds, kind = time.perf_counter() - began, kind_of(scope)
            if scope["type"] == "http":  # a page's WebSocket is open for hours
                metrics.SECONDS.labels(kind).observe(seconds)
            metrics.ANSWERS.labels(status).inc()
            if LOG.value == "json":
                told = {
                    "time": round(time.time(), 3), "event": "request", "kind": kind,
                    "method": scope.get("method", "WEBSOCKET"), "status": status, "bytes": sent,
                    "seconds": round(seconds, 4), "from": _mark(scope),
                }  # fmt: skip
                print(json.dumps(told), file=sys.stderr, flush=True)


def kind_of(scope: Scope) -> str:
    """What an address is one of, without any name in it."""
    path = str(without_base(scope)["path"]).strip("/")
    if path in pages():
        return f"page {path or 'home'}"
    return next((kind for kind in KINDS if f"{path}/".startswith(f"{kind}/")), "other")


def _mark(scope: Scope) -> str:
    return mark_of(scope["client"][0])[:8] if scope.get("client") else ""
