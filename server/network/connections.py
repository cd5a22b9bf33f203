"""How many connections may be open, and how slow and how large what comes over them may be.

Uvicorn holds whatever is half sent for as long as its sender likes. What is awaited of the other
side, and what is held of it, the classes of `server/network/protocols.py` know.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import suppress

from ae_core.accounts import limits
from ae_core.accounts.networks import plain
from ae_core.errors import UserError
from server.network.addresses import is_proxy

MOST_MESSAGE = 8 * 2**20
"""Largest message of a page, bytes: a photograph or a row of noisy images is a fifth of it."""

MOST_HEAD = 64 * 2**10
"""Largest head of a request, bytes."""

MOST_FRAMES = 1024
"""Frames that one message may come in."""

MOST_HALF_SENT = 64 * 2**20
"""Bytes of everybody's half-sent messages; beyond, the largest is dropped."""

SLOW_SECONDS = 20.0
SLOWEST = 1000
"""Bytes a second below which a connection that sends or takes something is closed."""

LOOK_SECONDS = 2.5

FILES = 65536
"""Open files where the system knows no limit."""

FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"connection: close\r\nretry-after: 10\r\ncontent-length: 23\r\n\r\nToo many connections.\r\n"
)


class Guarded(asyncio.Protocol, ABC):
    """A connection that is counted, and closed where its other side is too slow."""

    transport: asyncio.Transport
    client: tuple[str, int] | None

    half_sent = 0
    """Bytes of a message that has not come whole, as far as they are held."""

    moved = 0
    since = 0.0
    """Bytes that have come and gone since that moment of the loop's clock."""

    unsent = 0
    """Bytes that the other side had not taken when that was last looked at."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self.client:
            self.client = (plain(self.client[0]), self.client[1])
        self.since = asyncio.get_running_loop().time()
        if not OPEN.enter(self):
            self.transport.write(FULL)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        OPEN.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.moved += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        self.hold(self.half_sent + len(data) if self.is_collecting() else 0)

    def hold(self, size: int) -> None:
        """Count what is held of a message that has not come whole."""
        OPEN.half_sent += size - self.half_sent
        self.half_sent = size
        if OPEN.half_sent > MOST_HALF_SENT:
            OPEN.drop_largest()

    @abstractmethod
    def is_collecting(self) -> bool:
        """Whether bytes are held until the rest has come."""

    @abstractmethod
    def is_awaited(self) -> bool:
        """Whether the other side has begun something, and we do not hold it up."""

    def is_slow(self, now: float) -> bool:
        """Whether too little has come or gone for too long."""
        unsent = self.transport.get_write_buffer_size()
        if not (unsent or self.is_awaited()):
            self.since, self.moved, self.unsent = now, 0, 0
            return False
        self.moved += max(0, self.unsent - unsent)
        self.unsent = unsent
        if now - self.since < SLOW_SECONDS:
            return False
        enough = self.moved >= SLOWEST * SLOW_SECONDS
        self.since, self.moved = now, 0
        return not enough


class Open:
    """All connections of this process."""

    def __init__(self) -> None:
        self.all: set[Guarded] = set()
        self.of_address = Counter[str]()
        self.half_sent = 0
        self.allowed = limits.Limits()

    def enter(self, one: Guarded) -> bool:
        """Count a new connection; whether there is room for it."""
        address = one.client[0] if one.client else ""
        most = min(self.allowed.connections_in_all, most_files() // 2)
        most_of_one = min(self.allowed.connections_of_address, most * 3 // 4)
        room = len(self.all) < most and (
            is_proxy(address) or self.of_address[address] < most_of_one
        )
        if room:
            self.all.add(one)
            self.of_address[address] += 1
        return room

    def leave(self, one: Guarded) -> None:
        """A connection is gone, or is another one now."""
        if one not in self.all:
            return
        self.all.remove(one)
        address = one.client[0] if one.client else ""
        self.of_address[address] -= 1
        if not self.of_address[address]:
            del self.of_address[address]
        self.half_sent -= one.half_sent
        one.half_sent = 0

    def drop_largest(self) -> None:
        """End the connection of which most is held."""
        max(self.all, key=lambda one: one.half_sent).transport.abort()

    async def watch(self) -> None:
        """Close slow connections, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            with suppress(UserError):  # the pages say what is wrong with the limits
                self.allowed = limits.limits()
            now = loop.time()
            for one in [each for each in self.all if each.is_slow(now)]:
                one.transport.abort()
            await asyncio.sleep(LOOK_SECONDS)


OPEN = Open()


def most_files() -> int:
    """How many files, connections among them, the system lets this process open."""
    try:
        import resource  # not on Windows
    except ModuleNotFoundError:
        return FILES
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return FILES if most == resource.RLIM_INFINITY else most
