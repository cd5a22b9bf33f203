"""The app in a frame of another site: which may show it, and what its cookies need there."""

from __future__ import annotations

import re

from starlette.types import Message

from ae_core.errors import UserError
from ae_core.settings import EMBED_IN
from ae_core.texts import _

SITE = re.compile(r"https://(\*\.)?[a-z0-9.-]+(:\d+)?", re.IGNORECASE)


def sites() -> list[str]:
    """The sites that may show the app.

    Raises:
        UserError: the setting names something else.
    """
    said = [each.strip().rstrip("/") for each in EMBED_IN.value.split(",") if each.strip()]
    for each in said:
        if not SITE.fullmatch(each):
            raise UserError(
                _(
                    "AE_EMBED_IN names {site!r}, which is no site like https://school.org.",
                    site=each,
                )
            )
    return said


def with_cookies(message: Message, scheme: str) -> Message:
    """The start of an answer whose cookies a browser takes in a frame of another site.

    Each is kept apart by the site around it; browsers take such cookies by HTTPS alone.
    """
    if scheme != "https" or not sites():
        return message
    headers = [
        (name, partitioned(value) if name == b"set-cookie" else value)
        for name, value in message["headers"]
    ]
    return {**message, "headers": headers}


def partitioned(cookie: bytes) -> bytes:
    """A cookie for frames of other sites."""
    ours = (b"samesite", b"secure", b"partitioned")
    kept = [each for each in cookie.split(b";") if not each.strip().lower().startswith(ours)]
    return b";".join([*kept, b" SameSite=None", b" Secure", b" Partitioned"])
