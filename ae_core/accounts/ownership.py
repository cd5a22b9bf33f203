"""Who made which checkpoint, classifier and image set: only they see it, until they share it.

What people make in the app has an unguessable name, `my-…`; what has another name came with the app
or from the command line, and is everybody's.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ae_core.accounts import limits, personal_limits
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError

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
        raise UserError("A name needs at least one letter.")
    return shown


def add(name: str, kind: str, owner: str, title: str, *, size: int = 0) -> None:
    """Register what is about to be made, of `size` bytes, as its owner's."""
    values = row(name, kind, owner, title, size=size)
    with writing() as connection:
        connection.execute(insert(TABLE).values(**values))


def row(name: str, kind: str, owner: str, title: str, *, size: int = 0) -> dict[str, Any]:
    """The row that `add` writes, for callers that write more in the same transaction."""
    now = time.time()
    expires = now + 86400 * personal_limits.of(owner).days_kept
    return {
        "name": name, "kind": kind, "owner": owner, "title": tidy_title(title), "shared": False,
        "bytes": size, "made": now, "expires": expires,
    }  # fmt: skip


def of(owner: str, kind: str) -> list[Belonging]:
    """What somebody owns, newest first."""
    chosen = select(TABLE).where(TABLE.c.owner == owner, TABLE.c.kind == kind)
    return _found(chosen.order_by(TABLE.c.made.desc()))


def everything(kind: str) -> list[Belonging]:
    """What everybody owns, newest first."""
    return _found(select(TABLE).where(TABLE.c.kind == kind).order_by(TABLE.c.made.desc()))


def get(name: str) -> Belonging | None:
    """The record of this name."""
    return next(iter(_found(select(TABLE).where(TABLE.c.name == name))), None)


def visible(names: Iterable[str], owner: str, *, opened: Collection[str] = ()) -> set[str]:
    """Those names that somebody may see: public ones, their own, and `opened` ones with a link."""
    names = set(names)
    private = {name for name in names if is_private(name)}
    if not private:
        return names
    with reading() as connection:
        rows = connection.execute(
            select(TABLE.c.name, TABLE.c.owner, TABLE.c.shared).where(TABLE.c.name.in_(private))
        ).all()
    seen = {name for name, whose, shared in rows if whose == owner or (shared and name in opened)}
    return names - private | seen


def rename(name: str, owner: str, title: str) -> None:
    """Give it another title.

    Raises:
        UserError: it is not theirs, or the title is empty.
    """
    _change(name, owner, title=tidy_title(title))


def share(name: str, owner: str, shared: bool) -> None:
    """Share it with whoever has its link, or with nobody any more.

    Raises:
        UserError: it is not theirs.
    """
    _change(name, owner, shared=shared)


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
    owner: str, kind: str, allowed: limits.Limits | None = None, *, size: int = 0
) -> None:
    """Refuse one more of a kind, of `size` bytes, to somebody who has reached a limit.

    Raises:
        UserError: a limit is reached, and which.
    """
    allowed = allowed or personal_limits.of(owner)
    with reading() as connection:
        whose = TABLE.c.owner == owner
        count = connection.scalar(
            select(func.count()).select_from(TABLE).where(whose, TABLE.c.kind == kind)
        )
        kept = connection.scalar(select(func.sum(TABLE.c.bytes)).where(whose)) or 0
    name = "checkpoints_kept" if kind == CHECKPOINT else "image_sets_kept"
    most = getattr(allowed, name)
    if (count or 0) >= most:
        what = "models and classifiers" if kind == CHECKPOINT else "image sets"
        raise limits.over(name, most, f"You keep {count} {what}. Delete one first.")
    if kept + max(1, size) > allowed.megabytes_kept * 10**6:
        more = f", and this is {size / 10**6:,.1f} MB more" if size else ""
        raise limits.over(
            "megabytes_kept", allowed.megabytes_kept,
            f"You keep {kept / 10**6:,.1f} MB{more}. Delete something first.",
        )  # fmt: skip


def _change(name: str, owner: str, **values: Any) -> None:
    mine = update(TABLE).where(TABLE.c.name == name, TABLE.c.owner == owner).values(**values)
    with writing() as connection:
        if not connection.execute(mine).rowcount:
            raise UserError("That is not yours to change.")


def _found(chosen: Any) -> list[Belonging]:
    with reading() as connection:
        return [Belonging(*row) for row in connection.execute(chosen)]
