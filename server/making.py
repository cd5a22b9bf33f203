"""What is made for whoever asks: once for all of them, a few at a time, networks in turn.

Threads of its own: Starlette's few serve every page, and one that waits serves nobody.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

THREADS = 2

MOST_WAITING = 2000
"""Different things that may wait to be made."""


class BusyError(Exception):
    """More is waiting than can be made within a while."""


class Kept:
    """What was made last, up to so many bytes."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.made: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable) -> bytes | None:
        """What was made, if it is still here."""
        if key in self.made:
            self.made.move_to_end(key)
        return self.made.get(key)

    def keep(self, key: Hashable, made: bytes) -> None:
        """Keep this, and forget what nobody has asked for the longest."""
        self.made[key] = made
        self.bytes += len(made)
        while self.bytes > self.most_bytes:
            self.bytes -= len(self.made.popitem(last=False)[1])


class Maker:
    """Makes things in turn."""

    def __init__(self, threads: int = THREADS) -> None:
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="maker")
        self.under_way: dict[Hashable, Future[bytes]] = {}
        self.lines: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()
        """What waits, by the network that asked for it first."""
        self.lock = threading.Lock()

    async def get(
        self, kept: Kept, key: Hashable, make: Callable[[], bytes], network: str
    ) -> bytes:
        """What `make` makes, or has made of this key.

        Raises:
            BusyError: too much is waiting.
        """
        with self.lock:
            if (made := kept.get(key)) is not None:
                return made
            future = self.under_way.get(key)
            if future is None:
                if len(self.under_way) >= MOST_WAITING:
                    raise BusyError
                future = self.under_way[key] = Future()
                line = self.lines.setdefault(network, deque())
                line.append(partial(copy_context().run, self._make, kept, key, make))
                self.pool.submit(self._next)
        return await asyncio.shield(asyncio.wrap_future(future))

    def _next(self) -> None:
        """Make the first of the next network's line."""
        with self.lock:
            network, line = self.lines.popitem(last=False)
            first = line.popleft()
            if line:
                self.lines[network] = line
        first()

    def _make(self, kept: Kept, key: Hashable, make: Callable[[], bytes]) -> None:
        try:
            made = make()
        except Exception as failure:  # noqa: BLE001 - whoever waits for it gets it
            with self.lock:
                future = self.under_way.pop(key)
            future.set_exception(failure)
        else:
            with self.lock:
                kept.keep(key, made)
                future = self.under_way.pop(key)
            future.set_result(made)


ASKING = ThreadPoolExecutor(4, thread_name_prefix="asking")


async def asked(call: Callable[..., T], *of: Any) -> T:
    """What a short call gives that may have to wait for the disk or the database.

    It is told of the language in which who asks is answered.
    """
    return await asyncio.get_running_loop().run_in_executor(ASKING, copy_context().run, call, *of)
