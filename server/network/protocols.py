"""The classes that handle connections, and how the server that runs the app comes to use them.

Uvicorn tells an app nothing about its connections, but takes the classes that handle them from its
configuration: the app puts its own there when it starts, however it was started.
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.network.connections import MOST_FRAMES, MOST_HEAD, MOST_MESSAGE, OPEN, Guarded

log = logging.getLogger(__name__)

STREAM = "/class/events"
"""Where answers never end by themselves: a server that stops would wait for them."""


class Http(Guarded, HttpToolsProtocol):
    """A connection that carries requests."""

    in_head = awaits = True

    def on_message_begin(self) -> None:
        self.in_head = self.awaits = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.awaits = False
        super().on_message_complete()

    def shutdown(self) -> None:
        super().shutdown()
        if self.scope is not None and str(self.scope["path"]).endswith(STREAM):
            self.transport.close()

    def is_collecting(self) -> bool:
        return self.in_head

    def is_awaited(self) -> bool:
        answered = self.cycle is None or self.cycle.response_complete
        return (self.awaits or answered) and not self.flow.read_paused

    def hold(self, size: int) -> None:
        if size > MOST_HEAD:
            self.send_400_response("The head of the request is too large.")
        else:
            super().hold(size)

    def handle_websocket_upgrade(self) -> None:
        OPEN.leave(self)
        super().handle_websocket_upgrade()


class WebSocket(Guarded, WebSocketsSansIOProtocol):
    """A connection that carries messages of a page."""

    def is_collecting(self) -> bool:
        return bool(self.frames or self.conn.reader.buffer)

    def is_awaited(self) -> bool:
        return (self.is_collecting() or not self.handshake_complete) and not self.read_paused

    def hold(self, size: int) -> None:
        if len(self.frames) > MOST_FRAMES:
            self.transport.abort()
        else:
            super().hold(size)


class Connections:
    """ASGI middleware that makes the server that starts the app guard its connections."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        config = getattr(getattr(receive, "__self__", None), "config", None)
        if isinstance(config, uvicorn.Config):
            guard(config)
        else:
            log.warning("This server is not uvicorn: slow and half-sent requests are its affair.")
        watching = asyncio.create_task(OPEN.watch())
        try:
            await self.app(scope, receive, send)
        finally:
            watching.cancel()


def guard(config: uvicorn.Config) -> None:
    """Have a server use these classes; who its proxies are, `addresses.py` says alone."""
    config.http_protocol_class, config.ws_protocol_class = Http, WebSocket
    config.ws_max_size = min(config.ws_max_size, MOST_MESSAGE)
    if isinstance(config.loaded_app, ProxyHeadersMiddleware):
        config.loaded_app = cast("ASGIApp", config.loaded_app.app)
