"""How much each person has uploaded within the last hour, in the server's memory."""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.texts import _

MEGABYTE = 2**20
"""As the uploader on the pages counts."""

MINUTES = 60

received: dict[int, Counter[str]] = {}
"""Bytes by minute and person."""

_lock = Lock()


def add(person: Person, size: int) -> None:
    """Count bytes that somebody has sent, whether or not they are used."""
    minute = present_minute()
    with _lock:
        for old in [each for each in received if each <= minute - MINUTES]:
            del received[old]
        received.setdefault(minute, Counter())[person.id] += size


def within_hour(person: Person) -> int:
    """Bytes that somebody has sent within the last hour."""
    since = present_minute() - MINUTES
    with _lock:
        return sum(sent[person.id] for minute, sent in received.items() if minute > since)


def megabytes_left(person: Person, allowed: Limits) -> int:
    """Whole megabytes that somebody may still send within this hour."""
    return max(0, allowed.upload_megabytes_an_hour - -(-within_hour(person) // MEGABYTE))


def check(person: Person, more: int, allowed: Limits) -> None:
    """Refuse more bytes to somebody who has sent too many.

    Raises:
        UserError: a limit is reached, and which.
    """
    most = allowed.upload_megabytes_an_hour
    if within_hour(person) + more > most * MEGABYTE:
        what = _(
            "You may upload {megabytes:,} MB more within this hour. Try again later.",
            megabytes=megabytes_left(person, allowed),
        )
        raise limits.over("upload_megabytes_an_hour", most, what)


def present_minute() -> int:
    """The minute to which what is sent now is counted."""
    return int(time.monotonic() // 60)
