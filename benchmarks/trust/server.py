"""Strangers at the network: half-sent frames, slow connections, work asked for again, free cookies.

A real server and its worker on loopback, whose addresses 127.0.0.1 and 127.0.0.2 are two visitors'.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from ae_core import checkpoints, image_sets
from ae_core.accounts import cookies, networks
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.jobs import access, table, worker
from ae_core.training.runs import RunSpec
from benchmarks import report
from scripts.app_server import running_app

STRANGER, VISITOR = "127.0.0.1", "127.0.0.2"
COOKIES = 500
FLOOD_SECONDS = 60.0
RUN_SECONDS = 10.0
"""The default of the form on *Train*."""

SLOW = 100
FRAMES, FRAME_BYTES = 20, 190 * 2**20
ASKED_AGAIN = 40

HANDSHAKE = (
    b"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def get(port: int, path: str, address: str, **headers: str) -> http.client.HTTPMessage:
    """The headers of a page, whose body is read too."""
    with closing(
        http.client.HTTPConnection("127.0.0.1", port, 60, source_address=(address, 0))
    ) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.headers


@contextmanager
def watched(port: int) -> Iterator[list[float]]:
    """How long another visitor waits for a page and for the health check, ten times a second."""
    times: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            for path in ("/", "/healthz"):
                began = time.perf_counter()
                get(port, path, VISITOR)
                times.append(1000 * (time.perf_counter() - began))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield times
    finally:
        over.set()
        watching.join()


def half_sent(port: int) -> list[socket.socket]:
    """Connections over which frames, requests and heads have come by half."""
    opened = []
    for number in range(SLOW + FRAMES):
        one = socket.create_connection(("127.0.0.1", port), 10)
        opened.append(one)
        if number < SLOW:
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            continue
        one.sendall(HANDSHAKE)
        one.recv(4096)
        one.sendall(b"\x82\xff" + FRAME_BYTES.to_bytes(8, "big") + b"mask")
    for one in opened[SLOW:]:
        try:
            for _ in range(FRAME_BYTES // 2**20):
                one.sendall(bytes(2**20))
        except OSError:
            continue
    return opened


def seconds_until_closed(opened: list[socket.socket], most: float) -> float:
    """How long until all of them are closed by the other side."""
    began = time.monotonic()
    for one in opened:
        one.settimeout(max(0.01, most - (time.monotonic() - began)))
        try:
            while one.recv(65536):
                pass
        except TimeoutError:
            return float("inf")
        except OSError:
            pass
        one.close()
    return time.monotonic() - began


def ask_again(port: int) -> None:
    """Forty at once ask for other images each, and for a network, as the live map does."""
    sha256 = image_sets.load("digits").sha256
    rows = [",".join(str((n * 7 + k) % 300) for k in range(256)) for n in range(ASKED_AGAIN)]
    weights = checkpoints.card("mnist-vae-2").weights_sha256
    paths = [f"/live-images/digits/{sha256}/{each}" for each in rows]
    paths += [f"/live-models/mnist-vae-2/{weights}/decoder"] * ASKED_AGAIN
    with ThreadPoolExecutor(2 * ASKED_AGAIN) as pool:
        list(pool.map(lambda path: get(port, path, STRANGER, **{"Accept-Encoding": "gzip"}), paths))


def flood(port: int) -> int:
    """Runs that get into the queue of those for which 500 new cookies ask within a minute.

    They are asked for as the page does, once the server has given a cookie and told the address.
    """
    accepted, began = 0, time.monotonic()
    for number in range(COOKIES):
        given = get(port, "/", STRANGER, Accept="text/html")["Set-Cookie"] or ""
        owner = cookies.owner_in(given.partition(";")[0].partition("=")[2]) or f"visit {number}"
        stranger = Person(owner, network=networks.mark_of(STRANGER))
        try:
            access.submit(stranger, RunSpec("ae-2", "digits", seconds=RUN_SECONDS))
            accepted += 1
        except UserError:
            pass
        due = began + (number + 1) * FLOOD_SECONDS / COOKIES
        time.sleep(max(0.0, due - time.monotonic()))
    return accepted


def seconds_until_training(person: Person) -> float:
    """How long somebody waits for the first step of a run."""
    began = time.monotonic()
    job = access.submit(person, RunSpec("ae-2", "digits", seconds=RUN_SECONDS))
    while not table.get(job.id).step:
        if time.monotonic() - began > 300:
            return float("inf")
        time.sleep(0.1)
    return time.monotonic() - began


def measure() -> dict[str, float]:
    folder = Path(tempfile.mkdtemp())
    os.environ["AE_HOME"] = str(folder / "home")
    try:
        with running_app(folder / "log") as url:
            port = int(url.rpartition(":")[2])
            _until(worker.is_working)
            time.sleep(5)
            get(port, "/", VISITOR)
            server = next(each for each in psutil.process_iter(["pid"])
                          if each.pid in _listening(port))  # fmt: skip
            before = server.memory_info().rss
            most = [before]
            with watched(port) as times:
                opened = half_sent(port)
                ask_again(port)
                most.append(server.memory_info().rss)
                closed = seconds_until_closed(opened, 60)
            ordered = sorted(times)
            accepted = flood(port)
            waited = seconds_until_training(Person("a visitor", network=networks.mark_of(VISITOR)))
        return {
            "memory_more_mib": (max(most) - before) / 2**20,
            "page_p95_ms": ordered[int(0.95 * len(ordered))],
            "page_max_ms": ordered[-1],
            "slow_closed_s": closed,
            "runs_of_one_address": accepted,
            "another_trains_s": waited,
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not there() and time.monotonic() < end:
        time.sleep(0.2)


def _listening(port: int) -> set[int | None]:
    heard = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    return {each.pid for each in heard if each.laddr and each.laddr.port == port}


if __name__ == "__main__":
    report.main("trust.server", measure, "Strangers at the network")
