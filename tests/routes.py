"""What the app's own addresses answer, without a server and without Streamlit."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.types import Message

from ae_core.accounts.cookies import COOKIE, cookie_of
from server import class_events, health, live_files
from tests import coroutines

ROUTES = [*live_files.ROUTES, *health.ROUTES, *class_events.ROUTES]


def asked(
    path: str, encoding: str = "gzip", *, owner: str = "", etag: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """The answer of the routes alone, to an owner."""
    cookie = f"{COOKIE}={cookie_of(owner)}" if owner else ""
    given = {"accept-encoding": encoding, "cookie": cookie, "if-none-match": etag}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [
            (key.encode(), text.encode()) for key, text in given.items() if text
        ],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http",
        "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    coroutines.run(Starlette(routes=ROUTES)(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:])
