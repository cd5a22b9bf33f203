"""What stands between the network and Streamlit: headers, foreign origins, closed doors."""

from __future__ import annotations

import base64
import hashlib
import re

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import page_html, page_messages
from server.network import embedding, hosts

CLOSED = ("/_stcore/metrics", "/_stcore/agent/")
"""Addresses of Streamlit's that would tell anyone about the server."""

POLICY = 1008
"""Why a WebSocket is closed."""


def inline_script_hashes() -> list[str]:
    """CSP sources for the scripts inside the file that every page begins with."""
    page = page_html.of_page("").decode()
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy() -> str:
    """Nothing from other hosts, so that no name or text shown on a page can call out.

    `blob:` scripts are Streamlit's inline components; inline styles are how Streamlit styles
    everything; `data:` connections carry the camera's picture. Only Plotly's flat WebGL charts
    (scattergl) would need `unsafe-eval`: without it they say that WebGL is missing.
    """
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(["script-src 'self' blob: 'wasm-unsafe-eval'", *inline_script_hashes()]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "connect-src 'self' data: blob:",
            " ".join(["frame-ancestors 'self'", *embedding.sites()]),
            "form-action 'self'",
            "base-uri 'self'",
            "object-src 'none'",
        )
    )


def security_headers() -> dict[str, str]:
    """The headers of every answer."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        **({} if embedding.sites() else {"X-Frame-Options": "SAMEORIGIN"}),
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }


class HttpGuard:
    """ASGI middleware in front of all of Streamlit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, *page_messages.checked(receive, send))
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = embedding.with_cookies(message, scope["scheme"])
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        app = self.app
        if not hosts.is_known(host := Headers(scope=scope).get("host", "")):
            app = PlainTextResponse(hosts.refusal(host), status_code=421)
        elif scope["path"].startswith(CLOSED):
            app = PlainTextResponse("Not found", status_code=404)
        await app(scope, receive, send_with_headers)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse other sites here: Streamlit would first ask the internet for its own address.

        A proxy may call the server by another name; no page can make a browser say so.
        """
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host")
        if not hosts.is_known(host or ""):
            await receive()
            await send({"type": "websocket.close", "code": POLICY, "reason": "unknown host"})
        elif origin is None or (host and origin.partition("://")[2] == host):
            await self.app(scope, receive, send)
        elif (
            origin in st.get_option("server.corsAllowedOrigins")
            or not st.get_option("server.enableCORS")
            or origin.partition("://")[2] == (headers.get("x-forwarded-host") or None)
        ):
            # Streamlit would look its own address up before it reads these.
            kept = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            await self.app({**scope, "headers": kept}, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": POLICY, "reason": "foreign origin"})
