"""Paths and queries that no browser sends: the server answers each, and goes on."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.app_server import running_app
from tests import fuzzed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    folder = tmp_path_factory.mktemp("server")
    with running_app(folder / "log", {"AE_HOME": str(folder), "AE_WORKER": "off"}) as url:
        yield int(url.rpartition(":")[2]), folder / "log"


def status(port: int, path: str) -> int:
    """What the server says to these very bytes."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nConnection: close\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(request.encode() + b"\r\n")
        line = connection.makefile("rb").readline()
    return int(line.split()[1])


@pytest.mark.parametrize(
    ("seed", "count"), [(1, len(fuzzed.PATHS)), pytest.param(2, 150, marks=pytest.mark.long)]
)
def test_no_path_makes_the_server_fail(
    seed: int,
    count: int,
    server: tuple[int, Path],
    record_property: Callable[[str, object], None],
) -> None:
    port, log = server
    answers = {path: status(port, path) for path in fuzzed.paths(seed, count)}
    failed = {path[:300]: answer for path, answer in answers.items() if answer >= 500}
    said = log.read_text("utf-8", errors="replace")
    failed |= {"log": 1} if "Traceback (most recent call last)" in said else {}
    record_property("addresses", count)
    record_property("addresses_failed", len(failed))
    assert not failed, said[-3000:]
    assert (status(port, "/healthz"), status(port, "/")) == (200, 200)
    assert {200, 404} <= set(answers.values())
