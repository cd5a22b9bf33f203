"""What has passed its day: marked first, brought back by one click, and deleted a week later.

The week is counted by `ae_core.database.clock`, so that no jump of the machine's clock shortens it,
and for a day after such a jump nothing happens. In a day only a share of all is marked, unless a
teacher says that it is right.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, func, select, update

from ae_core.accounts import ownership, personal_limits
from ae_core.accounts.ownership import DAY_SECONDS, IS_KEPT, TABLE, Belonging
from ae_core.accounts.person import NOT_YOURS, Person
from ae_core.database.clock import Moment, look
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import _

GRACE_SECONDS = 7 * DAY_SECONDS
"""How long it can be brought back."""

CALM_SECONDS = DAY_SECONDS
"""How long nothing expires after a jump of the clock."""

SHARE, LEAST = 0.1, 10
"""The largest share of all that is marked within a day, and how many may be in any case."""


def mark(moment: Moment) -> None:
    """Mark what has passed its day, as far as that may happen by itself."""
    now = time.time()
    with writing() as connection:
        # Marked while the clock was wrong.
        connection.execute(update(TABLE).where(TABLE.c.expires >= now).values(expired=None))
        if moment.calm < CALM_SECONDS:
            return
        today = _count(connection, TABLE.c.expired > moment.now - DAY_SECONDS)
        most = max(LEAST, int(SHARE * _count(connection)))
        due = select(TABLE.c.name).where(IS_KEPT, TABLE.c.expires < now).order_by(TABLE.c.expires)
        names = connection.scalars(due.limit(max(0, most - today))).all()
        connection.execute(update(TABLE).where(TABLE.c.name.in_(names)).values(expired=moment.now))


def gone(moment: Moment) -> list[Belonging]:
    """What is to be deleted now."""
    if moment.calm < CALM_SECONDS:
        return []
    return ownership.found_by(
        select(TABLE).where(
            TABLE.c.expired <= moment.now - GRACE_SECONDS, TABLE.c.expires < time.time()
        )
    )


def of(person: Person, kind: str) -> list[tuple[Belonging, float]]:
    """What of theirs has expired, each with the seconds until it is deleted, soonest first."""
    chosen = select(TABLE).where(TABLE.c.owner == person.id, TABLE.c.kind == kind, ~IS_KEPT)
    found = ownership.found_by(chosen.order_by(TABLE.c.expired))
    if not found:
        return []
    now = look().now
    return [(each, max(0.0, GRACE_SECONDS - now + (each.expired or 0.0))) for each in found]


def bring_back(person: Person, name: str) -> None:
    """Keep what has expired as long again as when it was made.

    Raises:
        UserError: it is not theirs, or gone.
    """
    expires = time.time() + DAY_SECONDS * personal_limits.of(person).days_kept
    mine = update(TABLE).where(TABLE.c.name == name, TABLE.c.owner == person.id)
    with writing() as connection:
        if not connection.execute(mine.values(expires=expires, expired=None)).rowcount:
            raise UserError(_(NOT_YOURS))


def held_back(person: Person) -> int:
    """How much has passed its day and is not marked, for a teacher.

    Raises:
        UserError: they are no teacher.
    """
    person.check_teaches()
    with reading() as connection:
        return _count(connection, IS_KEPT & (TABLE.c.expires < time.time()))


def mark_all(person: Person) -> None:
    """Mark all that has passed its day, for a teacher, who says that the clock is right.

    Raises:
        UserError: they are no teacher.
    """
    person.check_teaches()
    moment = look()
    with writing() as connection:
        due = IS_KEPT & (TABLE.c.expires < time.time())
        connection.execute(update(TABLE).where(due).values(expired=moment.now))


def _count(connection: Connection, *which: Any) -> int:
    return connection.scalar(select(func.count()).select_from(TABLE).where(*which)) or 0
