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

from sqlalchemy import delete, func, insert, select, update

from ae_core.accounts import disk, limits, personal_limits
from ae_core.accounts.person import NOT_YOURS, Person
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import _, ngettext

PREFIX = "my-"
CHECKPOINT, IMAGE_SET = "checkpoint", "image set"
"""Classifiers count as checkpoints, beside which they lie."""

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
RANDOM_LETTERS = 16

TABLE, MAX_TITLE = schema.BELONGINGS, schema.MAX_TITLE


@dataclass(frozen=True)
class Belonging:
    """A checkpoint, a classifier or an image set that somebody made.

    `made` and `expires` are seconds since 1970.
    """

    name: str
    kind: str
    owner: str
    title: str
    shared: bool
    bytes: int
    made: float
    expires: float


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
    shown = " ".join("".join(c if c.isprintable() else " " for c in title).split())[:MAX_TITLE]
    if not shown:
        raise UserError(_("A name needs at least one letter."))
    return shown


def add(person: Person, name: str, kind: str, title: str, *, size: int = 0) -> None:
    """Register what is about to be made, of `size` bytes, as theirs."""
    values = row(person, name, kind, title, size=size)
    with writing() as connection:
        connection.execute(insert(TABLE).values(**values))


def row(person: Person, name: str, kind: str, title: str, *, size: int = 0) -> dict[str, Any]:
    """The row that `add` writes, for callers that write more in the same transaction."""
    now = time.time()
    expires = now + 86400 * personal_limits.of(person).days_kept
    return {
        "name": name, "kind": kind, "owner": person.id, "title": tidy_title(title), "shared": False,
        "bytes": size, "made": now, "expires": expires,
    }  # fmt: skip


def of(person: Person, kind: str, owner: str = "") -> list[Belonging]:
    """What they own, or for a teacher what another owner does, newest first.

    Raises:
        UserError: it is somebody else, and they are no teacher.
    """
    owner = owner or person.id
    person.check_owns(owner, or_teaches=True)
    chosen = select(TABLE).where(TABLE.c.owner == owner, TABLE.c.kind == kind)
    return _found(chosen.order_by(TABLE.c.made.desc()))


def everything(person: Person, kind: str) -> list[Belonging]:
    """What everybody owns, for a teacher, newest first.

    Raises:
        UserError: they are no teacher.
    """
    person.check_teaches()
    return _found(select(TABLE).where(TABLE.c.kind == kind).order_by(TABLE.c.made.desc()))


def get(person: Person, name: str) -> Belonging | None:
    """The record of this name, where they may see it; a teacher may see everybody's."""
    found = _get(name)
    if found is None or person.is_teacher or _sees(person, name, found.owner, found.shared):
        return found
    return None


def exists(name: str) -> bool:
    """Whether somebody has something of this name."""
    return _get(name) is not None


def visible(person: Person, names: Iterable[str]) -> set[str]:
    """Those names that they may see: public ones, their own, and shared ones of which they had the
    link."""
    names = set(names)
    private = {name for name in names if is_private(name)}
    if not private:
        return names
    with reading() as connection:
        rows = connection.execute(
            select(TABLE.c.name, TABLE.c.owner, TABLE.c.shared).where(TABLE.c.name.in_(private))
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


def expired() -> list[Belonging]:
    """What has passed its date of deletion."""
    return _found(select(TABLE).where(TABLE.c.expires < time.time()))


def check_room(
    person: Person, kind: str, allowed: limits.Limits | None = None, *, size: int = 0
) -> None:
    """Refuse one more of a kind, of `size` bytes, to those who have reached a limit.

    Raises:
        UserError: a limit is reached, and which.
    """
    allowed = allowed or personal_limits.of(person)
    with reading() as connection:
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
    with reading() as connection:
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


def _get(name: str) -> Belonging | None:
    return next(iter(_found(select(TABLE).where(TABLE.c.name == name))), None)


def _change(person: Person, name: str, **values: Any) -> None:
    mine = update(TABLE).where(TABLE.c.name == name, TABLE.c.owner == person.id)
    with writing() as connection:
        if not connection.execute(mine.values(**values)).rowcount:
            raise UserError(_(NOT_YOURS))


def _found(chosen: Any) -> list[Belonging]:
    with reading() as connection:
        return [Belonging(*row) for row in connection.execute(chosen)]
