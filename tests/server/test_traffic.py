"""Heavy work waits for a quiet moment, but not for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from server import traffic
from server.traffic import Traffic, wait_until_quiet


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(Traffic, "last_request", 0.0)


@pytest.fixture
def visitors() -> Iterator[None]:
    """Somebody asks for something all the time."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.005):
            Traffic.last_request = time.monotonic()

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    over.set()
    thread.join()


def test_it_goes_on_when_nobody_has_asked_for_so_long() -> None:
    began = time.monotonic()
    assert wait_until_quiet(threading.Event(), 0.1)
    assert time.monotonic() - began >= 0.1


@pytest.mark.usefixtures("visitors")
def test_it_goes_on_at_the_latest_when_it_must() -> None:
    began = time.monotonic()
    assert wait_until_quiet(threading.Event(), 0.3, latest=0.5)
    assert time.monotonic() - began >= 0.5


@pytest.mark.usefixtures("visitors")
def test_it_does_not_go_on_when_the_server_leaves() -> None:
    leaving = threading.Event()
    threading.Timer(0.1, leaving.set).start()
    assert not wait_until_quiet(leaving, 0.3)
    assert not wait_until_quiet(leaving, 0.0)
