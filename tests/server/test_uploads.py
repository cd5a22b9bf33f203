"""What people may upload: so much a file, so much an hour, and so much of everybody at once."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from websockets import Subprotocol
from websockets.sync.client import connect

from ae_core.accounts import cookies, hourly, personal_limits, upload_allowances
from ae_core.accounts.hourly import Hourly
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.accounts.upload_allowances import MEGABYTE
from scripts.app_server import running_app
from server.uploads import ADDRESS, Uploads, held
from tests import coroutines
from tests.people import ANN, TEACHER

PART = bytes(MEGABYTE)


@pytest.fixture(autouse=True)
def _nothing_sent(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has sent anything, and the key that signs is of this test's folder."""
    monkeypatch.setattr(upload_allowances, "received", Hourly())
    cookies._signer.cache_clear()
    cookies._secret.cache_clear()


@pytest.fixture
def small(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with small limits."""
    (tmp_path / "small.toml").write_text(
        "upload_megabytes = 3\nupload_megabytes_an_hour = 5\nupload_megabytes_in_all = 8\n"
    )
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "small.toml"))


class Streamlit:
    """What lies behind: reads a file to its end, and keeps nothing."""

    def __init__(self) -> None:
        self.read = 0
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        more = scope["method"] == "PUT"
        while more:
            message = await receive()
            self.read += len(message["body"])
            more = message["more_body"]
        await Response(status_code=204)(scope, receive, send)


def put(
    app: Uploads, cookie: str, parts: int, *, told: int | None = None, method: str = "PUT"
) -> tuple[int, str]:
    """Status and text of the answer to a file of so many megabytes."""
    headers = [(b"cookie", f"{cookies.COOKIE}={cookie}".encode())]
    if told is not None:
        headers.append((b"content-length", str(told).encode()))
    scope = {"type": "http", "method": method, "path": f"{ADDRESS}session/file", "headers": headers}
    coming = iter([{"body": PART, "more_body": each > 0} for each in reversed(range(parts))])
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", **next(coming)}

    async def send(message: Message) -> None:
        sent.append(message)

    async def asked() -> None:
        try:
            await app(scope, receive, send)
        except HTTPException as failure:  # as Starlette does around what lies behind
            await Response(failure.detail, failure.status_code)(scope, receive, send)

    coroutines.run(asked())
    return sent[0]["status"], sent[1]["body"].decode()


def test_limits_that_cannot_be_read_refuse_a_file_in_a_sentence(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "damaged.toml").write_text("uploads = [", "utf-8")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "damaged.toml"))
    behind = Streamlit()
    status, text = put(Uploads(behind), cookies.new_cookie(), 1)
    assert (status, behind.read) == (503, 0)
    assert "damaged.toml cannot be read" in text


@pytest.mark.usefixtures("small")
def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_read() -> None:
    app = Uploads(Streamlit())
    status, text = put(app, cookies.new_cookie(), 4, told=4 * MEGABYTE)
    assert status == 413
    assert "The limit is 3 (`upload_megabytes` in small.toml)" in text
    assert app.app.asked == 0  # type: ignore[attr-defined]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("told", [None, 1])
def test_a_file_that_is_larger_than_it_says_is_read_no_further(told: int | None) -> None:
    app = Uploads(Streamlit())
    status, text = put(app, cookies.new_cookie(), 100, told=told)
    assert status == 413
    assert "`upload_megabytes` in small.toml" in text
    assert app.app.read <= 3 * MEGABYTE  # type: ignore[attr-defined]
    assert app.coming == 0


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("told", [True, False])
def test_files_of_one_person_end_at_the_sum_of_an_hour(
    told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, ann, bob = Uploads(Streamlit()), cookies.new_cookie(), cookies.new_cookie()
    length = 2 * MEGABYTE if told else None
    assert [put(app, ann, 2, told=length)[0] for _ in range(3)] == [204, 204, 413]
    status, text = put(app, ann, 2, told=length)
    assert status == 413
    assert "The limit is 5 (`upload_megabytes_an_hour` in small.toml)" in text
    assert put(app, bob, 2, told=length)[0] == 204
    assert put(app, ann, 0, method="DELETE")[0] == 204  # what she takes back was sent all the same
    assert put(app, ann, 2, told=length)[0] == 413
    minute = hourly.present_minute()
    monkeypatch.setattr(hourly, "present_minute", lambda: minute + 60)
    assert put(app, ann, 2, told=length)[0] == 204


@pytest.mark.usefixtures("small")
def test_a_teacher_can_raise_the_limits_of_one_person() -> None:
    app, cookie = Uploads(Streamlit()), cookies.new_cookie()
    personal_limits.set_for(TEACHER, cookies.owner_in(cookie), "upload_megabytes", 7)
    personal_limits.set_for(TEACHER, cookies.owner_in(cookie), "upload_megabytes_an_hour", 20)
    assert put(app, cookie, 7, told=7 * MEGABYTE)[0] == 204
    assert put(app, cookies.new_cookie(), 7, told=7 * MEGABYTE)[0] == 413
    assert "upload_megabytes_in_all" not in personal_limits.names()


@pytest.mark.usefixtures("small")
def test_all_people_together_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Uploads(Streamlit())
    monkeypatch.setattr("server.uploads.held", lambda: 6 * MEGABYTE)
    for told in (None, 3 * MEGABYTE):
        status, text = put(app, cookies.new_cookie(), 3, told=told)
        assert status == 413
        assert "The limit is 8 (`upload_megabytes_in_all` in small.toml)" in text
    assert put(app, cookies.new_cookie(), 2, told=2 * MEGABYTE)[0] == 204


def test_what_streamlit_holds_is_counted_until_it_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert held() == 0
    manager = MemoryUploadedFileManager(ADDRESS)
    monkeypatch.setattr("server.uploads.runtime.exists", lambda: True)
    there = SimpleNamespace(uploaded_file_mgr=manager)
    monkeypatch.setattr("server.uploads.runtime.get_instance", lambda: there)
    manager.add_file("session", UploadedFileRec("file", "a.npy", "", PART))
    assert held() == MEGABYTE
    manager.remove_file("session", "file")
    assert held() == 0


@pytest.mark.parametrize("cookie", ["", "ann", "ann.forged"])
def test_nobody_without_a_cookie_of_ours_can_send_anything(cookie: str) -> None:
    app = Uploads(Streamlit())
    status, text = put(app, cookie, 1, told=MEGABYTE)
    assert status == 403
    assert "cookie" in text
    assert app.app.asked == 0  # type: ignore[attr-defined]


def test_what_is_left_is_told_in_whole_megabytes() -> None:
    allowed = Limits(upload_megabytes_an_hour=10)
    assert upload_allowances.megabytes_left(ANN, allowed) == 10
    upload_allowances.add(ANN, MEGABYTE + 1)
    assert upload_allowances.megabytes_left(ANN, allowed) == 8
    upload_allowances.add(ANN, 100 * MEGABYTE)
    assert upload_allowances.megabytes_left(ANN, allowed) == 0


def test_minutes_that_do_not_count_any_more_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    minute = hourly.present_minute()
    for later in range(200):
        monkeypatch.setattr(hourly, "present_minute", lambda now=minute + later: now)
        upload_allowances.add(Person(f"person {later}"), 1)
    assert len(upload_allowances.received.by_minute) == hourly.MINUTES


# The same before the real server.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "small.toml").write_text("upload_megabytes = 3\nupload_megabytes_an_hour = 6\n")
    places = {"AE_HOME": str(folder / "home"), "AE_DATA_DIR": str(folder), "AE_WORKER": "off"}
    places["AE_LIMITS"] = str(folder / "small.toml")
    with running_app(folder / "log", places) as url:
        yield url.removeprefix("http://")


def cookies_of(server: str, path: str) -> list[str]:
    """What an address gives a browser to keep."""
    with closing(http.client.HTTPConnection(server, timeout=20)) as connection:
        connection.request("GET", path, headers={"Accept": "text/html"})
        return connection.getresponse().headers.get_all("Set-Cookie") or []


@pytest.fixture
def visit(server: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The id of a session that is open, and the headers that its browser sends."""
    given = [each for path in ("/", "/_stcore/health") for each in cookies_of(server, path)]
    cookies = dict(each.split(";")[0].split("=", 1) for each in given)
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-Xsrftoken": cookies["_streamlit_xsrf"],
    }
    with connect(
        f"ws://{server}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": headers["Cookie"]},
        close_timeout=1,  # what is left unread holds the end up
    ) as socket:
        socket.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        for data in socket:
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "new_session":
                yield message.new_session.initialize.session_id, headers
                break


def send_file(
    server: str, visit: tuple[str, dict[str, str]], megabytes: int, *, chunked: bool
) -> tuple[int, str]:
    """Status and text of the real server's answer to a file."""
    session, headers = visit
    start = b'--X\r\nContent-Disposition: form-data; name="a.npy"; filename="a.npy"\r\n\r\n'
    body = [start, *[PART] * megabytes, b"\r\n--X--\r\n"]
    headers = {**headers, "Content-Type": "multipart/form-data; boundary=X"}
    with closing(http.client.HTTPConnection(server, timeout=20)) as connection:
        connection.request(
            "PUT", f"{ADDRESS}{session}/{uuid4()}", headers=headers,
            body=iter(body) if chunked else b"".join(body), encode_chunked=chunked,
        )  # fmt: skip
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("chunked", [False, True])
def test_the_real_server_takes_what_is_allowed_and_names_the_limit_after_that(
    server: str, visit: tuple[str, dict[str, str]], chunked: bool
) -> None:
    assert send_file(server, visit, 2, chunked=chunked)[0] == 204
    status, text = send_file(server, visit, 20, chunked=chunked)
    assert status == 413
    assert "`upload_megabytes` in small.toml" in text
    send_file(server, visit, 3, chunked=chunked)
    status, text = send_file(server, visit, 3, chunked=chunked)
    assert status == 413
    assert "`upload_megabytes_an_hour` in small.toml" in text
    stranger = (visit[0], {"X-Xsrftoken": "x"})
    assert send_file(server, stranger, 1, chunked=chunked)[0] == 403
