"""In what language a route answers: that which was chosen in the menu, else the browser's own."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from ae_core import languages


class Language:
    """ASGI middleware that says it for the request, and for what is called to answer it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asks = HTTPConnection(scope)
            accepted = languages.accepted(asks.headers.get("accept-language", ""))
            wanted = [asks.cookies.get(languages.COOKIE, ""), *accepted]
            languages.speak(languages.best(wanted) or languages.usual())
        await self.app(scope, receive, send)
