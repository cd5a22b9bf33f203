"""Where somebody asks from: what proxies say counts if they are trusted, and limits follow it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from ae_core.accounts import cookies, networks
from ae_core.accounts.hourly import Hourly
from ae_core.errors import UserError
from server import owner
from server.network.addresses import ThroughProxies, is_proxy
from server.owner import Owners, person_of
from tests import coroutines

PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def _key_of_this_test(home: Path) -> Iterator[None]:
    """The key that signs is of this test's folder."""
    for kept in (cookies._signer, cookies._secret):
        kept.cache_clear()
    yield
    for kept in (cookies._signer, cookies._secret):
        kept.cache_clear()


def scope_behind(client: str, *said: tuple[str, str], kind: str = "http") -> Scope:
    """What the app learns of a request."""
    got: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(scope)

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in said]
    scope = {"type": kind, "client": (client, 1), "scheme": "http", "headers": headers}
    coroutines.run(ThroughProxies(app)(scope, receive, send))
    return got[0]


@pytest.mark.parametrize(
    ("client", "said", "address"),
    [
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
        (PROXY, ["198.51.100.1"], "198.51.100.1"),
        (PROXY, ["203.0.113.5, 198.51.100.1"], "198.51.100.1"),
        (PROXY, ["203.0.113.5", "198.51.100.1, 172.16.5.5"], "198.51.100.1"),
        (PROXY, [], PROXY),
    ],
)
def test_the_last_address_that_is_no_proxys_counts(
    monkeypatch: pytest.MonkeyPatch, client: str, said: list[str], address: str
) -> None:
    monkeypatch.setenv("AE_TRUSTED_PROXIES", f"{PROXY}, 172.16.0.0/12")
    assert scope_behind(client, *(("X-Forwarded-For", one) for one in said))["client"][0] == address


def test_nobody_is_trusted_who_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-Proto", "https")
    scope = scope_behind("127.0.0.1", *said)
    assert (scope["client"][0], scope["scheme"]) == ("127.0.0.1", "http")
    monkeypatch.setenv("AE_TRUSTED_PROXIES", "127.0.0.1,::1")
    scope = scope_behind("127.0.0.1", *said)
    assert (scope["client"][0], scope["scheme"]) == ("198.51.100.1", "https")
    assert is_proxy("::1")
    assert not is_proxy("198.51.100.1")


@pytest.mark.parametrize("value", ["*", "proxy", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_a_proxy_without_an_address_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_TRUSTED_PROXIES", value)
    with pytest.raises(UserError, match="AE_TRUSTED_PROXIES is"):
        is_proxy("10.0.0.1")


def test_pages_learn_a_mark_that_no_visitor_can_choose() -> None:
    forged = (networks.HEADER, "forged")
    scope = scope_behind("192.0.2.9", forged, kind="websocket")
    told = Headers(scope=scope).getlist(networks.HEADER)
    assert told == [networks.mark_of("192.0.2.9")]
    assert "192" not in told[0]
    assert networks.mark_of("192.0.2.9") != networks.mark_of("192.0.2.8")


def test_one_address_gets_so_many_new_cookies_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "newcomers", Hourly())
    (tmp_path / "limits.toml").write_text("cookies_of_address_an_hour = 3\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "limits.toml"))
    assert [bool(given("192.0.2.9")) for _ in range(5)] == [True] * 3 + [False] * 2
    known = given("192.0.2.8")
    assert person_of_cookie(known, "192.0.2.8").id
    assert not given("192.0.2.9", known)


def given(client: str, cookie: str = "") -> str:
    """The cookie that comes with a page."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", b"text/html"), (b"cookie", f"{cookies.COOKIE}={cookie}".encode())]
    scope = {"type": "http", "client": (client, 1), "scheme": "http", "headers": headers}
    coroutines.run(Owners(Response("page"))(scope, receive, send))
    said = dict(sent[0]["headers"]).get(b"set-cookie", b"").decode()
    return said.partition(";")[0].partition("=")[2]


def person_of_cookie(cookie: str, client: str):
    from starlette.requests import HTTPConnection

    headers = [(b"cookie", f"{cookies.COOKIE}={cookie}".encode())]
    return person_of(HTTPConnection({"type": "http", "client": (client, 1), "headers": headers}))


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_an_empty_key_signs_nothing(home: Path, content: str) -> None:
    home.mkdir()
    (home / "secret").write_text(content)
    with pytest.raises(UserError, match="signs visitors' cookies"):
        cookies.new_cookie()
    (home / "secret").unlink()
    assert cookies.owner_in(cookies.new_cookie())
