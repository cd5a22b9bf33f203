"""The classes that are open: a teacher has one, it has a code, and it ends after a day."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ae_core.accounts.person import Person
from ae_core.classroom import news
from ae_core.database import clock, schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import N_, _

TABLE = schema.CLASSES

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of a code: none that looks like another one."""

LENGTH = 6

DAY_SECONDS = 86_400.0
"""How long a class stays open."""

MOST_STAGE = 64 * 1024
"""Characters of what every screen is to show."""

NOT_HERE = N_("This class is not here any more. Ask your teacher for the new code.")
TOO_LONG = N_("What this page shows is too much to send to the class.")


@dataclass(frozen=True)
class OpenClass:
    """A class as it is now; `stage` is what every screen is to show, the `turn` its number."""

    code: str
    owner: str
    follows: bool
    restricted: bool
    turn: int
    stage: Mapping[str, Any]
    asks: Mapping[str, Any]


def open_class(person: Person) -> OpenClass:
    """Open a class, or give the one that they have; for teachers.

    Raises:
        UserError: they are no teacher.
    """
    person.check_teaches()
    ends = clock.look().now + DAY_SECONDS
    with writing() as connection:
        if found := _found(connection, TABLE.c.owner == person.id):
            return found
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
            if not _found(connection, TABLE.c.code == code):
                break
        connection.execute(insert(TABLE).values(code=code, owner=person.id, ends=ends))
    return OpenClass(code, person.id, False, False, 0, {}, {})


def of_teacher(person: Person) -> OpenClass | None:
    """The class that they have opened."""
    with reading() as connection:
        return _found(connection, TABLE.c.owner == person.id) if person.id else None


def by_code(code: str) -> OpenClass | None:
    """The class with this code, for who is in it."""
    with reading() as connection:
        return _found(connection, TABLE.c.code == code)


def own(connection: Connection, person: Person, code: str) -> OpenClass:
    """Their own class, in a transaction that is open.

    Raises:
        UserError: it is somebody else's, or closed.
    """
    found = _found(connection, TABLE.c.code == code)
    if found is None:
        raise UserError(_(NOT_HERE))
    person.check_owns(found.owner)
    return found


def show(person: Person, code: str, stage: Mapping[str, Any], *, of_map: bool = False) -> OpenClass:
    """Have every screen show this: a page, and what is set on it.

    `of_map`: nothing but the map has changed, so that the browser can do it alone.

    Raises:
        UserError: the class is somebody else's or closed, or it is too much to send.
    """
    text = json.dumps(stage)
    if len(text) > MOST_STAGE:
        raise UserError(_(TOO_LONG))
    with writing() as connection:
        own(connection, person, code)
        changed = update(TABLE).where(TABLE.c.code == code)
        connection.execute(changed.values(stage=text, turn=TABLE.c.turn + 1))
        now = own(connection, person, code)
    news.publish(code, news.STAGE, told(now, of_map=of_map))
    return now


def told(now: OpenClass, *, of_map: bool = False) -> dict[str, Any]:
    """What a screen is told of what it is to show; the rest it asks for."""
    more = {"look": now.stage.get("look")} if of_map else {}
    return {"turn": now.turn, "page": now.stage.get("page", ""), "of_map": of_map, **more}


def look(person: Person, code: str, says: Mapping[str, Any]) -> None:
    """Move the map of every screen along with the teacher's hand: nothing of it is kept.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with reading() as connection:
        follows = own(connection, person, code).follows
    if follows:
        news.publish(code, news.LOOK, dict(says))


def follow(person: Person, code: str, follows: bool) -> None:
    """Let every screen follow the teacher's, or let go.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    _set(person, code, follows=follows)


def restrict(person: Person, code: str, restricted: bool) -> None:
    """Give who is in the class the limits of a class, or those of everybody.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    _set(person, code, restricted=restricted)


def ask(
    person: Person, code: str, asks: Mapping[str, Any], *, at: Mapping[str, Any] | None = None
) -> None:
    """Ask the class a question, or none with an empty one; `at` is what every screen then shows.

    Each works alone from there on.

    Raises:
        UserError: the class is somebody else's or closed, or the question is too long.
    """
    text = json.dumps(asks)
    if len(text) > MOST_STAGE:
        raise UserError(_(TOO_LONG))
    _set(person, code, asks=text, **({"follows": False} if asks else {}))
    if at is None:
        news.publish(code, news.ASKS)
    else:
        show(person, code, at)


def close(person: Person, code: str) -> None:
    """Close the class: all that was in it is gone.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with writing() as connection:
        own(connection, person, code)
        _delete(connection, code)
    news.publish(code, news.CLOSED)


def sweep(now: float) -> None:
    """Close the classes that have ended by the clock of the database."""
    with writing() as connection:
        ended = connection.scalars(select(TABLE.c.code).where(TABLE.c.ends <= now)).all()
        for code in ended:
            _delete(connection, code)
    for code in ended:
        news.publish(code, news.CLOSED)


def _set(person: Person, code: str, **values: Any) -> None:
    with writing() as connection:
        own(connection, person, code)
        connection.execute(update(TABLE).where(TABLE.c.code == code).values(**values))


def _delete(connection: Connection, code: str) -> None:
    parts = (schema.CLASS_PICTURES, schema.CLASS_ANSWERS, schema.MEMBERS, TABLE)
    for table in parts:
        connection.execute(delete(table).where(table.c.code == code))


def _found(connection: Connection, which: Any) -> OpenClass | None:
    row = connection.execute(select(TABLE).where(which)).one_or_none()
    if row is None:
        return None
    return OpenClass(
        row.code, row.owner, row.follows, row.restricted, row.turn, json.loads(row.stage),
        json.loads(row.asks),
    )  # fmt: skip
