"""What is made for whoever asks: once, in turn by network, and never more than is bounded."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from server import making
from server.making import BusyError, Kept, Maker
from tests import coroutines


def test_what_is_asked_for_at_once_is_made_once() -> None:
    maker, kept, made = Maker(), Kept(100), list[int]()

    def slowly() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"made"

    async def many() -> list[bytes]:
        return await asyncio.gather(*(maker.get(kept, "one", slowly, "here") for _ in range(20)))

    assert coroutines.run(many()) == [b"made"] * 20
    assert coroutines.run(maker.get(kept, "one", slowly, "there")) == b"made"
    assert len(made) == 1


def test_networks_take_turns() -> None:
    maker, kept, order = Maker(threads=1), Kept(10_000), list[str]()
    begun, go_on = Future[None](), Future[None]()

    def first() -> bytes:
        begun.set_result(None)
        go_on.result()
        return b""

    async def ask(name: str, network: str) -> bytes:
        def noted() -> bytes:
            order.append(name)
            return b""

        return await maker.get(kept, name, noted, network)

    async def all_of_them() -> None:
        waiting = [asyncio.create_task(maker.get(kept, "first", first, "here"))]
        await asyncio.sleep(0)
        await asyncio.wrap_future(begun)
        for number in range(30):
            waiting.append(asyncio.create_task(ask(f"here {number}", "here")))
            await asyncio.sleep(0)
        waiting.append(asyncio.create_task(ask("there", "there")))
        await asyncio.sleep(0.01)
        go_on.set_result(None)
        await asyncio.gather(*waiting)

    coroutines.run(all_of_them())
    assert order.index("there") <= 1
    assert len(order) == 31


def test_a_failure_reaches_everybody_and_is_not_kept() -> None:
    maker, kept = Maker(), Kept(100)

    def fails() -> bytes:
        raise ValueError("no")

    async def twice() -> list[object]:
        asked = (maker.get(kept, "one", fails, "here") for _ in range(2))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    assert [type(each) for each in coroutines.run(twice())] == [ValueError, ValueError]
    assert coroutines.run(maker.get(kept, "one", lambda: b"yes", "here")) == b"yes"


def test_what_is_kept_has_a_bound_and_the_oldest_goes_first() -> None:
    kept = Kept(100)
    for number in range(3):
        kept.keep(number, bytes(30))
    assert kept.get(0)  # which makes 1 the oldest
    kept.keep(3, bytes(30))
    assert list(kept.made) == [2, 0, 3]
    assert kept.bytes == 90
    kept.keep("large", bytes(1000))
    assert kept.bytes == 0


def test_more_than_can_be_made_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_WAITING", 3)
    maker, kept, go_on = Maker(threads=1), Kept(100), Future[None]()

    def waits() -> bytes:
        go_on.result()
        return b"made"

    async def too_many() -> None:
        waiting = [asyncio.create_task(maker.get(kept, n, waits, "here")) for n in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await maker.get(kept, "one more", waits, "here")
        same = asyncio.create_task(maker.get(kept, 2, waits, "there"))  # which is made already
        await asyncio.sleep(0)
        go_on.set_result(None)
        assert await asyncio.gather(*waiting, same) == [b"made"] * 4

    coroutines.run(too_many())


def test_pages_are_served_while_what_is_asked_for_is_made(home: Path) -> None:
    """Forty who wait for it leave the threads that serve files alone."""
    maker, kept, go_on = Maker(), Kept(10_000), Future[None]()

    def waits() -> bytes:
        go_on.result()
        return b"made"

    async def busy() -> None:
        from anyio import to_thread

        waiting = [asyncio.create_task(maker.get(kept, n, waits, "here")) for n in range(40)]
        await asyncio.sleep(0)
        limiter = to_thread.current_default_thread_limiter()
        assert limiter.borrowed_tokens == 0
        assert await to_thread.run_sync(lambda: "page") == "page"
        go_on.set_result(None)
        await asyncio.gather(*waiting)

    coroutines.run(busy())
