"""Whether somebody may keep one more: the limits of how much each person keeps."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from ae_core.accounts import disk, limits, personal_limits
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.database import schema
from ae_core.database.connection import reading
from ae_core.texts import _, ngettext

CHECKPOINT, IMAGE_SET = "checkpoint", "image set"
"""Classifiers count as checkpoints, beside which they lie."""

TABLE = schema.BELONGINGS


def check(person: Person, kind: str, allowed: Limits | None = None, *, size: int = 0) -> None:
    """Refuse one more of a kind, of `size` bytes, to those who have reached a limit.

    Raises:
        UserError: a limit is reached, and which.
    """
    allowed = allowed or personal_limits.of(person)
    with reading() as connection:
        check_in(connection, person, kind, allowed, size=size)


def check_in(
    connection: Connection, person: Person, kind: str, allowed: Limits, *, size: int
) -> None:
    """The same in the transaction that adds it, so that two at once do not pass a limit together.

    Raises:
        UserError: a limit is reached, and which.
    """
    whose = TABLE.c.owner == person.id
    counted = select(func.count()).select_from(TABLE).where(whose, TABLE.c.kind == kind)
    count = connection.scalar(counted) or 0
    # A sum is of another type on each engine.
    kept = int(connection.scalar(select(func.sum(TABLE.c.bytes)).where(whose)) or 0)
    name = "checkpoints_kept" if kind == CHECKPOINT else "image_sets_kept"
    most = getattr(allowed, name)
    if count >= most:
        raise limits.over(name, most, _too_many(kind, count))
    if kept + max(1, size) > allowed.megabytes_kept * 10**6:
        what = _too_large(kept / 10**6, size / 10**6)
        raise limits.over("megabytes_kept", allowed.megabytes_kept, what)
    disk.check(connection, allowed, size=size)


def _too_many(kind: str, count: int) -> str:
    if kind == CHECKPOINT:
        return ngettext(
            "You keep {count} model or classifier. Delete one first.",
            "You keep {count} models and classifiers. Delete one first.",
            count,
        )
    return ngettext(
        "You keep {count} image set. Delete one first.",
        "You keep {count} image sets. Delete one first.",
        count,
    )


def _too_large(kept: float, more: float) -> str:
    """The same in megabytes."""
    if not more:
        return _("You keep {kept:,.1f} MB. Delete something first.", kept=kept)
    return _(
        "You keep {kept:,.1f} MB, and this is {more:,.1f} MB more. Delete something first.",
        kept=kept,
        more=more,
    )
