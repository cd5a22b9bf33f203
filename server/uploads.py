"""What people may send: so much a file, so much an hour, and so much of everybody at once.

Streamlit keeps whatever comes in memory until a page lets go of it, and knows a bound for one file
only. Bytes are counted as they come: a length that was not told, or not truly, changes nothing.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.stats import CacheStat

from ae_core.accounts import limits, upload_allowances
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.accounts.upload_allowances import MEGABYTE
from ae_core.errors import UserError
from ae_core.texts import N_, _
from server.owner import person_of

ADDRESS = "/_stcore/upload_file/"

LEARNED = "/learned-here"
"""Where a browser sends what it has learned."""

FRAME = 64 * 2**10
"""What a form may add to its file, bytes."""

NO_COOKIE = N_(
    "Uploads need the cookie that the first page gives. Let cookies in and reload the page."
)


class Uploads:
    """ASGI middleware in front of Streamlit's address for files, and of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.coming = 0
        """Bytes of uploads under way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or not _is_for_files(scope["path"]):
            await self.app(scope, receive, send)
            return
        person = person_of(HTTPConnection(scope))
        if not person.id:
            await PlainTextResponse(_(NO_COOKIE), status_code=403)(scope, receive, send)
            return
        try:
            allowed = await run_in_threadpool(_allowed, person)
        except UserError as failure:  # the limits or the database cannot be read just now
            await PlainTextResponse(str(failure), status_code=503)(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        try:
            size = int(told) if told.isdecimal() else 0
            self.check(person, allowed, file=size, more=size)
        except UserError as failure:
            await PlainTextResponse(str(failure), status_code=413)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            size = len(message.get("body", b""))
            upload_allowances.add(person, size)
            received += size
            self.coming += size
            try:
                self.check(person, allowed, file=received)
            except UserError as failure:
                raise HTTPException(413, str(failure)) from failure
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self.coming -= received

    def check(self, person: Person, allowed: Limits, *, file: int, more: int = 0) -> None:
        """Refuse a file of so many bytes, of which some are still to come and not counted yet.

        Raises:
            UserError: a limit is reached; it is named.
        """
        most = allowed.upload_megabytes
        if file > most * MEGABYTE + FRAME:
            raise limits.over("upload_megabytes", most, _("The file is too large."))
        upload_allowances.check(person, more, allowed)
        most = allowed.upload_megabytes_in_all
        if held() + self.coming + more > most * MEGABYTE:
            what = _("Others are uploading as much as this server can take. Try again in a minute.")
            raise limits.over("upload_megabytes_in_all", most, what)


def held() -> int:
    """Bytes of everybody's uploads that Streamlit keeps in memory."""
    if not runtime.exists():
        return 0
    families = runtime.get_instance().uploaded_file_mgr.get_stats().values()
    return sum(
        each.byte_length for family in families for each in family if isinstance(each, CacheStat)
    )


def _is_for_files(path: str) -> bool:
    return ADDRESS in path or path.endswith(LEARNED)


def _allowed(person: Person) -> Limits:
    from ae_core.accounts import personal_limits  # the database is not needed to start

    return personal_limits.of(person)
