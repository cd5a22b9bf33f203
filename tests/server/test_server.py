"""The server as a browser and a stranger meet it: a real one, on a port of its own."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import subprocess
import sys
import time
from contextlib import closing
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from ae_core import languages
from ae_core.errors import UserError
from pages.ui.browser import built
from server import guard, listening, page_files
from server.lifespan import lifespan
from tests import coroutines

ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


def get(port: int, path: str, headers: dict[str, str] | None = None) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path, headers=headers or {})
        with connection.getresponse() as answer:
            body = b"" if answer.status == 101 else answer.read()
            return Answer(answer.status, answer.headers, body)


def handshake(port: int, origin: str | None, **more: str) -> int:
    """Status of the answer to a WebSocket that says it comes from `origin`."""
    headers = {
        **more,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "streamlit",
    }
    if origin:
        headers["Origin"] = origin
    return get(port, "/_stcore/stream", headers).status


def test_the_server_is_healthy_once_it_has_said_its_address(port: int) -> None:
    assert get(port, "/_stcore/health").status == 200


def test_the_server_starts_without_what_only_the_pages_need() -> None:
    script = "import app, sys; print({'torch', 'sqlalchemy'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert said.stdout == "set()\n"


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/static/nothing.js", "/_stcore/metrics"])
def test_every_answer_carries_the_security_headers(port: int, path: str) -> None:
    headers = get(port, path).headers
    for name, value in guard.security_headers().items():
        assert headers.get_all(name) == [value]


def test_the_policy_lets_no_inline_script_in_but_those_of_the_page(port: int) -> None:
    policy = guard.content_security_policy()
    script_sources = re.search(r"script-src ([^;]*)", policy)
    assert script_sources
    assert "'unsafe-inline'" not in script_sources[1]
    assert len(guard.inline_script_hashes()) == 2  # Streamlit's, and where the app lies
    assert not re.search(r"https?:|\*", policy)


@pytest.mark.parametrize(
    ("host", "hosts", "status"),
    [
        ("localhost:8501", "", 200),
        ("app.localhost", "", 200),
        ("192.0.2.7:80", "", 200),
        ("[::1]:8501", "", 200),
        ("evil.example", "", 421),
        ("127.0.0.1.evil.example", "", 421),
        ("evil.example:8501", "app.school.example", 421),
        ("App.School.example.:8501", "app.school.example, *.uni.example", 200),
        ("lab.uni.example", "app.school.example, *.uni.example", 200),
        ("uni.example", "*.uni.example", 421),
        ("anything.example", "*", 200),
        ("[::1", "", 421),
        ("", "", 200),
    ],
)
def test_the_app_answers_by_the_names_that_it_was_told(
    host: str, hosts: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_HOSTS", hosts)
    sent: list[AsgiMessage] = []

    async def receive() -> AsgiMessage:
        return {"type": "http.request"}

    async def send(message: AsgiMessage) -> None:
        sent.append(message)

    headers = [(b"host", host.encode())] if host else []
    scope = {"type": "http", "method": "GET", "path": "/", "scheme": "http", "headers": headers}
    coroutines.run(guard.HttpGuard(PlainTextResponse("page"))(scope, receive, send))
    assert sent[0]["status"] == status
    if status != 200 and "[" not in host:
        assert f"AE_HOSTS={host}" in sent[1]["body"].decode()


def test_a_foreign_name_opens_no_websocket(port: int) -> None:
    assert handshake(port, "http://evil.example", Host="evil.example") == 403
    assert handshake(port, None, Host="evil.example") == 403


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_nobody_can_ask_for_the_servers_own_figures(port: int, path: str) -> None:
    assert get(port, path).status == 404


def test_the_apps_own_pages_may_open_the_websocket(port: int) -> None:
    assert handshake(port, f"http://127.0.0.1:{port}") == 101


def test_a_proxy_may_call_the_server_by_another_name(port: int) -> None:
    proxy = {"X-Forwarded-Host": "app.example"}
    assert handshake(port, "https://app.example", **proxy) == 101
    assert handshake(port, "https://elsewhere.example", **proxy) == 403


def test_a_client_without_an_origin_may_open_the_websocket(port: int) -> None:
    assert handshake(port, None) == 101


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "http://localhost:1", "null", "http://[bad", "http://"]
)
def test_a_foreign_origin_is_refused_at_once(port: int, origin: str) -> None:
    began = time.monotonic()
    assert handshake(port, origin) == 403
    assert time.monotonic() - began < 1


def test_nobody_clears_the_caches_of_everybody() -> None:
    """Streamlit would, for whoever asks; what comes before and after it goes through."""
    rerun = BackMsg(rerun_script=ClientState(page_name="train")).SerializeToString()
    clear = BackMsg(clear_cache=True).SerializeToString()
    hidden = rerun + clear  # of several kinds in one message the last counts
    sent = [rerun, clear, hidden, BackMsg(clear_cache=False).SerializeToString(), b"\xff", rerun]
    coming: list[AsgiMessage] = [{"type": "websocket.receive", "bytes": each} for each in sent]
    coming.append({"type": "websocket.disconnect", "code": 1000})
    assert reached(coming) == ([coming[0], coming[4], coming[5], coming[6]], [])


def test_text_ends_a_connection_without_reaching_streamlit() -> None:
    coming: list[AsgiMessage] = [{"type": "websocket.receive", "text": "clear_cache"}]
    got, sent = reached(coming)
    assert got == [{"type": "websocket.disconnect", "code": 1003}]
    assert sent == [{"type": "websocket.close", "code": 1003}]


def reached(coming: list[AsgiMessage]) -> tuple[list[AsgiMessage], list[AsgiMessage]]:
    """What of these messages comes to Streamlit, and what is sent back."""
    messages, got, sent = iter(coming), list[AsgiMessage](), list[AsgiMessage]()

    async def receive() -> AsgiMessage:
        return next(messages)

    async def send(message: AsgiMessage) -> None:
        sent.append(message)

    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(await receive())

    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": []}
    coroutines.run(guard.HttpGuard(streamlit)(scope, receive, send))
    return got, sent


def test_streamlits_scripts_come_whole_and_may_be_kept_by_the_browser(port: int) -> None:
    for address, file in list(page_files.page_files().items())[::40]:
        answer = get(port, address)
        assert answer.body == file.read_bytes()
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["", "latent_space", "train"])
def test_what_a_page_names_in_its_head_is_there(port: int, name: str) -> None:
    head = get(port, f"/{name}").body.decode().partition("</head>")[0]
    named = re.findall(r'(?:href|src)="\.(/(?:static/js|live)/[^"]+)"', head)
    assert sum("BidiComponent" in each for each in named) == 1
    assert len(set(named)) == len(named)
    assert {get(port, each).status for each in named} == {200}
    assert any("/live/runtime-" in each for each in named) is (name != "train")


def test_a_browser_gets_the_scripts_compressed() -> None:
    address, file = max(page_files.page_files().items(), key=lambda item: item[1].stat().st_size)
    sent = answer_of_page_files(address)
    assert dict(sent[0]["headers"])[b"content-encoding"] == b"gzip"
    assert len(sent[1]["body"]) < file.stat().st_size / 2
    assert gzip.decompress(sent[1]["body"]) == file.read_bytes()


def answer_of_page_files(address: str) -> list[AsgiMessage]:
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "headers": [(b"accept-encoding", b"gzip, br")],
    }
    sent: list[AsgiMessage] = []

    async def receive() -> AsgiMessage:
        return {"type": "http.request"}

    async def send(message: AsgiMessage) -> None:
        sent.append(message)

    async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("Streamlit was asked")

    # In a thread: the browser tests leave an event loop running in this one.
    coroutines.run(page_files.PageFiles(nobody)(scope, receive, send))
    return sent


def test_a_taken_port_is_passed_over() -> None:
    first = listening.free_port("127.0.0.1", 8800)
    with socket.create_server(("127.0.0.1", first)):
        assert listening.free_port("127.0.0.1", first) > first


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_a_port_that_somebody_holds_on_ipv6_is_passed_over() -> None:
    first = listening.free_port("127.0.0.1", 8800)
    with socket.create_server(("::1", first), family=socket.AF_INET6):
        assert listening.free_port("127.0.0.1", first) > first


def test_a_port_that_was_asked_for_and_is_taken_is_named() -> None:
    first = listening.free_port("127.0.0.1", 8800)
    with socket.create_server(("127.0.0.1", first)):
        command = [sys.executable, str(ROOT / "app.py"), "--port", str(first)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr.startswith(f"127.0.0.1:{first} is taken")


@pytest.fixture
def damaged_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the sentence begins that says so."""
    (tmp_path / "mine.toml").write_text("images = many")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    return f"The limits in {tmp_path / 'mine.toml'} cannot be read"


def test_damaged_limits_are_named_before_anybody_comes(
    damaged_limits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    with pytest.raises(SystemExit, match=re.escape(damaged_limits)):
        listening.run(st.App(__file__))


def test_a_language_that_is_not_there_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def started() -> None:
        async with lifespan(st.App(__file__)):
            pass

    monkeypatch.setenv("AE_WORKER", "off")
    for language in ("en", "klingon"):
        monkeypatch.setenv("AE_LANGUAGE", language)
        coroutines.run(started())
    (said,) = [each.getMessage() for each in caplog.records if each.name == "server.lifespan"]
    assert said.startswith("AE_LANGUAGE is 'klingon'")
    assert said.endswith(f"There are: {', '.join(languages.available())}.")


def test_no_way_to_start_gets_past_damaged_limits(damaged_limits: str) -> None:
    async def start() -> None:
        async with lifespan(st.App(__file__)):
            raise AssertionError("it has started")

    with pytest.raises(UserError, match=re.escape(damaged_limits)):
        coroutines.run(start())


def test_pages_in_chinese_bring_their_letters(port: int) -> None:
    sheet = get(port, built.address("chinese.css"), {"Accept-Encoding": "identity"})
    assert sheet.headers["Content-Type"].startswith("text/css")
    fonts = re.findall(r"url\(\./([^)]+)\)", sheet.body.decode())
    assert len(fonts) > 90
    font = get(port, f"/live/{fonts[0]}", {"Accept-Encoding": "br, gzip"})
    assert font.headers["Content-Type"] == "font/woff2"
    assert "Content-Encoding" not in font.headers
    assert font.body.startswith(b"wOF2")
