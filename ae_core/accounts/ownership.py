"""Who made which checkpoint, classifier and image set: only they see it, until they share it.

What people make in the app has an unguessable name, `my-…`; what has another name came with the app
or from the command line, and is everybody's.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ae_core.accounts import personal_limits, room
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import NOT_YOURS, Person
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.storage.plain_text import one_line
from ae_core.texts import _

PREFIX = "my-"
CHECKPOINT, IMAGE_SET = room.CHECKPOINT, room.IMAGE_SET
DAY_SECONDS = 86_400

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
RANDOM_LETTERS = 16

TABLE, MAX_TITLE = schema.BELONGINGS, schema.MAX_TITLE
IS_KEPT = TABLE.c.expired.is_(None)


@dataclass(frozen=True)
class Belonging:
    """A checkpoint, a classifier or an image set that somebody made.

    `made` and `expires` are seconds since 1970; `expired`, when it was marked as expired, is by
    `ae_core.database.clock`.
    """

    name: str
    kind: str
    owner: str
    title: str
    shared: bool
    bytes: int
    made: float
    expires: float
    expired: float | None


def new_name(stem: str) -> str:
    """An unguessable name that begins like `stem`."""
    readable = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40].rstrip("-")
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LETTERS))
    return f"{PREFIX}{readable}-{random}" if readable else f"{PREFIX}{random}"


def is_private(name: str) -> bool:
    """Whether only its owner, and whoever has its link, may see what has this name."""
    return name.startswith(PREFIX)


def tidy_title(title: str) -> str:
    """A title on one line, not too long.

    Raises:
        UserError: it is empty.
    """
    if not (shown := one_line(title, MAX_TITLE)):
        raise UserError(_("A name needs at least one letter."))
    return shown


def add(person: Person, name: str, kind: str, title: str, *, size: int = 0) -> None:
    """Register what is about to be made, of `size` bytes, as theirs.

    Raises:
        UserError: a limit is reached, and which; or the title is empty.
    """
    allowed = personal_limits.of(person)
    with writing() as connection:
        add_in(connection, person, name, kind, title, allowed, size=size)


def add_in(
    connection: Connection,
    person: Person,
    name: str,
    kind: str,
    title: str,
    allowed: Limits,
    *,
    size: int = 0,
) -> None:
    """The same for callers that write more in the same transaction.

    Raises:
        UserError: a limit is reached, and which; or the title is empty.
    """
    room.check_in(connection, person, kind, allowed, size=size)
    now = time.time()
    connection.execute(
        insert(TABLE).values(
            name=name, kind=kind, owner=person.id, title=tidy_title(title), shared=False,
            bytes=size, made=now, expires=now + DAY_SECONDS * allowed.days_kept,
        )
    )  # fmt: skip


def of(person: Person, kind: str, owner: str = "") -> list[Belonging]:
    """What they own, or for a teacher what another owner does, newest first; not what has expired.

    Raises:
        UserError: it is somebody else, and they are no teacher.
    """
    owner = owner or person.id
    person.check_owns(owner, or_teaches=True)
    chosen = select(TABLE).where(TABLE.c.owner == owner, TABLE.c.kind == kind, IS_KEPT)
    return found_by(chosen.order_by(TABLE.c.made.desc()))


def everything(person: Person, kind: str) -> list[Belonging]:
    """What everybody owns, for a teacher, newest first.

    Raises:
        UserError: they are no teacher.
    """
    person.check_teaches()
    return found_by(select(TABLE).where(TABLE.c.kind == kind).order_by(TABLE.c.made.desc()))


def get(person: Person, name: str) -> Belonging | None:
    """The record of this name, where they may see it; a teacher may see everybody's.

    What has expired has one, too.
    """
    found = _get(name)
    if found is None or person.is_teacher or _sees(person, name, found.owner, found.shared):
        return found
    return None


def exists(name: str) -> bool:
    """Whether somebody has something of this name."""
    return _get(name) is not None


def visible(person: Person, names: Iterable[str]) -> set[str]:
    """Those names that they may see: public ones, their own, and shared ones of which they had the
    link; not what has expired."""
    names = set(names)
    private = {name for name in names if is_private(name)}
    if not private:
        return names
    with reading() as connection:
        rows = connection.execute(
            select(TABLE.c.name, TABLE.c.owner, TABLE.c.shared).where(
                TABLE.c.name.in_(private), IS_KEPT
            )
        ).all()
    return names - private | {row.name for row in rows if _sees(person, *row)}


def _sees(person: Person, name: str, owner: str, shared: bool) -> bool:
    return owner == person.id or (shared and name in person.opened)


def check_sees(person: Person, name: str) -> None:
    """Let those pass who may see what has this name.

    Raises:
        UserError: it is somebody else's, or gone.
    """
    if not visible(person, [name]):
        raise UserError(_("That is not here, or is not shared any more. Choose another one."))


def check_owns(person: Person, name: str, *, or_teaches: bool = False) -> None:
    """Let the owner of what has this name pass; and teachers, where they may do it, too.

    Raises:
        UserError: it is somebody else's, or gone.
    """
    found = _get(name)
    person.check_owns(found.owner if found else "", or_teaches=or_teaches)


def rename(person: Person, name: str, title: str) -> None:
    """Give it another title.

    Raises:
        UserError: it is not theirs, or the title is empty.
    """
    _change(person, name, title=tidy_title(title))


def share(person: Person, name: str, shared: bool) -> None:
    """Share it with whoever has its link, or with nobody any more.

    Raises:
        UserError: it is not theirs.
    """
    _change(person, name, shared=shared)


def weigh(name: str, size: int) -> None:
    """Record how many bytes it takes."""
    with writing() as connection:
        connection.execute(update(TABLE).where(TABLE.c.name == name).values(bytes=size))


def remove(name: str) -> None:
    """Delete the record, after the files."""
    with writing() as connection:
        connection.execute(delete(TABLE).where(TABLE.c.name == name))


def _get(name: str) -> Belonging | None:
    return next(iter(found_by(select(TABLE).where(TABLE.c.name == name))), None)


def _change(person: Person, name: str, **values: Any) -> None:
    mine = update(TABLE).where(TABLE.c.name == name, TABLE.c.owner == person.id)
    with writing() as connection:
        if not connection.execute(mine.values(**values)).rowcount:
            raise UserError(_(NOT_YOURS))


def found_by(chosen: Any) -> list[Belonging]:
    with reading() as connection:
        return [Belonging(*row) for row in connection.execute(chosen)]
