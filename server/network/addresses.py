"""Which address somebody asks from, where proxies stand between: those that are trusted say it."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ae_core.accounts.networks import HEADER, mark_of
from ae_core.errors import UserError
from ae_core.settings import TRUSTED_PROXIES
from ae_core.texts import _

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def proxies() -> tuple[Network, ...]:
    """The networks of trusted proxies.

    Raises:
        UserError: the setting names something else.
    """
    return _parsed(TRUSTED_PROXIES.value)


@lru_cache(maxsize=8)
def _parsed(said: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in said.split(",") if each.strip())
    except ValueError as failure:
        raise UserError(
            _(
                "AE_TRUSTED_PROXIES is {value!r}: {reason}. Give addresses and networks, with"
                " commas between.",
                value=said,
                reason=str(failure),
            )
        ) from failure


def is_proxy(address: str) -> bool:
    """Whether a trusted proxy has this address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies())


class ThroughProxies:
    """ASGI middleware that puts the visitor's address and scheme where trusted proxies say them.

    Of the addresses in `X-Forwarded-For` the last counts that is no trusted proxy's. Pages learn of
    the address a mark alone, by a header of the WebSocket.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        marked: Any = self._marked
        trusted = [str(network) for network in proxies()]
        self.outer: Any = ProxyHeadersMiddleware(marked, trusted) if trusted else marked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.outer(scope, receive, send)

    async def _marked(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            name = HEADER.encode()
            others = [each for each in scope["headers"] if each[0] != name]
            mark = mark_of(scope["client"][0]) if scope["client"] else ""
            scope = {**scope, "headers": [*others, (name, mark.encode())]}
        await self.app(scope, receive, send)
