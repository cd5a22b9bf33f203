"""Slow, half-sent and too many connections, against real servers and over real sockets."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from ae_core.accounts.networks import network_of, plain
from scripts.app_server import running_app
from server.network import connections
from server.network.connections import OPEN
from server.network.protocols import Connections

FRAME = b"\x82\xff"
MASK = b"abcd"
LARGE = 32 * 2**20

WAYS = {
    "python app.py": ("app.py", "--port", "{port}"),
    "streamlit run": ("-m", "streamlit", "run", "app.py", "--server.port", "{port}"),
    "uvicorn": ("-m", "uvicorn", "app:app", "--port", "{port}"),
}


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers requests once they are whole, and takes what comes over a WebSocket."""
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": str(len(message["bytes"]))})
    else:
        while (await receive()).get("more_body"):
            pass
        body = bytes(LARGE) if scope["path"] == "/large" else b""
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server of uvicorn that waits half a second instead of twenty."""
    monkeypatch.setattr(connections, "SLOW_SECONDS", 0.5)
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.1)
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "limits.toml"))
    (tmp_path / "limits.toml").write_text("connections_of_address = 12\nconnections_in_all = 100\n")
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Connections(answering), log_level="critical"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    assert OPEN.half_sent == 0
    assert not OPEN.of_address


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def sent(port: int, *parts: bytes, opened: ExitStack) -> socket.socket:
    """A connection over which this has been sent."""
    one = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
    for part in parts:
        one.sendall(part)
    return one


def page(port: int, *frames: bytes, opened: ExitStack) -> socket.socket:
    """A page's WebSocket, over which these have been sent."""
    handshake = (
        b"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    one = sent(port, handshake, opened=opened)
    assert b" 101 " in one.recv(4096)
    for frame in frames:
        one.sendall(frame)
    return one


def begun(size: int, *, opcode: bytes = FRAME) -> bytes:
    """The beginning of a frame of so many bytes."""
    return opcode + size.to_bytes(8, "big") + MASK


def is_closed(one: socket.socket, within: float) -> bool:
    """Whether the other side closes a connection within so many seconds."""
    one.settimeout(within)
    try:
        while one.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
        b"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n ",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n\r\n",
    ],
)
def test_half_a_request_is_closed(port: int, half: bytes, opened: ExitStack) -> None:
    assert is_closed(sent(port, half, opened=opened), 3)


@pytest.mark.parametrize("half", [begun(1000) + b"x" * 999, b"\x02\x81abcdx"])
def test_half_a_message_is_closed(port: int, half: bytes, opened: ExitStack) -> None:
    assert is_closed(page(port, half, opened=opened), 3)


def test_who_sends_fast_enough_or_waits_is_left_alone(port: int, opened: ExitStack) -> None:
    idle = page(port, opened=opened)
    head = b"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 30000\r\n\r\n"
    upload = sent(port, head, opened=opened)
    message = page(port, begun(30000), opened=opened)
    for _ in range(30):
        time.sleep(0.05)
        upload.sendall(b"x" * 1000)
        message.sendall(b"x" * 1000)
    assert b" 200 " in upload.recv(4096)
    assert message.recv(100).endswith(b"30000")
    idle.sendall(begun(3) + b"abc")
    assert idle.recv(100).endswith(b"3")


def test_who_does_not_take_an_answer_is_closed(port: int, opened: ExitStack) -> None:
    one = sent(port, b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", opened=opened)
    time.sleep(1.5)
    taken = 0
    with suppress(ConnectionError):
        while more := len(one.recv(2**20)):
            taken += more
    assert taken < LARGE


@pytest.mark.parametrize("size", [connections.MOST_MESSAGE + 1, 190 * 2**20, 2**62])
def test_a_large_message_is_refused_before_it_has_come(
    port: int, size: int, opened: ExitStack
) -> None:
    assert is_closed(page(port, begun(size), opened=opened), 0.4)


def test_a_message_in_too_many_pieces_is_refused(port: int, opened: ExitStack) -> None:
    one = page(port, b"\x02\x80abcd" + b"\x00\x80abcd" * 3000, opened=opened)
    assert is_closed(one, 0.4)


def test_a_head_without_end_is_refused(port: int, opened: ExitStack) -> None:
    one = sent(port, b"GET / HTTP/1.1\r\nX: " + b"y" * 2 * connections.MOST_HEAD, opened=opened)
    assert b" 400 " in one.recv(4096)


def test_of_half_sent_messages_the_largest_gives_way(
    port: int, opened: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_HALF_SENT", 500_000)
    monkeypatch.setattr(connections, "SLOW_SECONDS", 60)
    small = page(port, begun(100_000) + b"x" * 90_000, opened=opened)
    large = page(port, begun(1_000_000) + b"x" * 450_000, opened=opened)
    assert is_closed(large, 1)
    small.sendall(b"x" * 10_000)
    assert small.recv(100).endswith(b"100000")


def test_one_address_has_so_many_connections_and_others_have_theirs(
    port: int, opened: ExitStack
) -> None:
    kept = [page(port, opened=opened) for _ in range(12)]
    one_more = sent(port, opened=opened)
    assert b" 503 " in one_more.recv(4096)
    other = opened.enter_context(
        socket.create_connection(("127.0.0.1", port), 10, source_address=("127.0.0.2", 0))
    )
    other.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b" 200 " in other.recv(4096)
    kept.pop().close()
    time.sleep(0.2)
    page(port, opened=opened)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("way", WAYS)
def test_however_it_is_started_the_app_refuses_what_is_too_large(
    way: str, tmp_path: Path, opened: ExitStack
) -> None:
    with running_app(
        tmp_path / "log", {"AE_WORKER": "off"}, command=(sys.executable, *WAYS[way])
    ) as url:
        port = int(url.rpartition(":")[2])
        assert is_closed(page(port, begun(190 * 2**20), opened=opened), 5)


def test_an_address_is_counted_with_its_network() -> None:
    assert plain("::ffff:192.0.2.7") == "192.0.2.7"
    assert network_of("192.0.2.7") == network_of("::ffff:192.0.2.7") == "192.0.2.7/32"
    assert (
        network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::")
    )
    assert network_of("no address") == network_of("") == ""
