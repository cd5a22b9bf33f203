"""Who is in a class: they come by its code and a nickname, and are known by their cookie alone."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ae_core.accounts.person import Person
from ae_core.accounts.teacher_key import MOST_NETWORKS, Tries
from ae_core.classroom import classes, news, nicknames
from ae_core.classroom.classes import OpenClass
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import N_, _, ngettext

TABLE = schema.MEMBERS

MOST = 200
"""People in one class."""

NO_COOKIE = N_("A class needs the cookie that the first page gives. Let cookies in and reload.")
NO_SUCH_CODE = N_("There is no class with the code {code}. Look at it again: it has six letters.")
SENT_OUT = N_("Your teacher has sent you out of this class.")
OWN = N_("This is your own class. Join it from another browser.")
FULL = N_("This class is full: it has {most} people.")
NOT_IN_A_CLASS = N_("You are in no class: it was closed, or is not here. Join with its code.")


class Door:
    """Wrong codes, counted in this process: by person, by network and of everybody."""

    def __init__(self) -> None:
        self.of_all = Tries(free=2000, longest=2.0)
        self.of_network: dict[str, Tries] = {}
        self.of_person: dict[str, Tries] = {}

    def _of(self, person: Person) -> tuple[Tries, Tries, Tries]:
        for each in (self.of_network, self.of_person):
            if len(each) > MOST_NETWORKS:
                each.clear()
        return (
            self.of_person.setdefault(person.id, Tries(free=10, longest=60.0)),
            self.of_network.setdefault(person.network, Tries(free=200, longest=2.0)),
            self.of_all,
        )

    def check(self, person: Person) -> None:
        """Refuse to look at a code where too many were wrong."""
        now = time.monotonic()
        if wait := max(tries.wait(now) for tries in self._of(person)):
            seconds = int(wait) + 1
            raise UserError(
                ngettext(
                    "Too many codes were wrong. Try again in {count} second.",
                    "Too many codes were wrong. Try again in {count} seconds.",
                    seconds,
                )
            )

    def count(self, person: Person) -> None:
        """One more was wrong."""
        for tries in self._of(person):
            tries.count(time.monotonic())


DOOR = Door()


@dataclass(frozen=True)
class Member:
    """Somebody in a class, by a number that says nothing of them elsewhere."""

    id: int
    nickname: str
    step: str
    out: bool


def join(person: Person, code: str, nickname: str) -> Member:
    """Come into a class, or under another name if they are in it; other classes are left.

    Raises:
        UserError: there is no such class, too many codes were wrong, the name is none, the class
            is full or their own, they were sent out of it, or they have no cookie.
    """
    if not person.id:
        raise UserError(_(NO_COOKIE))
    DOOR.check(person)
    code = code.strip().upper()
    found = classes.by_code(code) if code.isalnum() and len(code) <= classes.LENGTH else None
    if found is None:
        DOOR.count(person)
        raise UserError(_(NO_SUCH_CODE, code=code[:12]))
    if found.owner == person.id:
        raise UserError(_(OWN))
    name = nicknames.tidy(nickname)
    with writing() as connection:
        here = TABLE.c.code == code
        rows = connection.execute(select(TABLE).where(here)).all()
        mine = next((row for row in rows if row.owner == person.id), None)
        if mine is not None and mine.out:
            raise UserError(_(SENT_OUT))
        if mine is None and len(rows) >= MOST:
            raise UserError(_(FULL, most=MOST))
        name = nicknames.free(name, [row.nickname for row in rows if row is not mine])
        if mine is None:
            for row in _rows_of(connection, person):
                if not row.out:
                    _remove(connection, row.id)
            connection.execute(insert(TABLE).values(code=code, owner=person.id, nickname=name))
        else:
            connection.execute(update(TABLE).where(TABLE.c.id == mine.id).values(nickname=name))
        member = next(row for row in _rows_of(connection, person) if row.code == code)
    news.publish(code, news.PEOPLE)
    return _member(member)


def of(person: Person) -> tuple[OpenClass, Member] | None:
    """The class that they are in, and who they are there."""
    if not person.id:
        return None
    with reading() as connection:
        row = inside(connection, person)
    found = classes.by_code(row.code) if row is not None else None
    return (found, _member(row)) if found is not None and row is not None else None


def inside(connection: Connection, person: Person) -> Any | None:
    """Their row as a member of a class, in a transaction that is open."""
    return next((row for row in _rows_of(connection, person) if not row.out), None)


def leave(person: Person) -> None:
    """Leave the class: what they have answered and brought is gone."""
    with writing() as connection:
        row = inside(connection, person)
        if row is not None:
            _remove(connection, row.id)
    if row is not None:
        news.publish(row.code, news.PEOPLE)


def reach(person: Person, step: str) -> None:
    """Say at which step of a lesson they are."""
    with writing() as connection:
        row = inside(connection, person)
        if row is None or row.step == step[:64]:
            return
        connection.execute(update(TABLE).where(TABLE.c.id == row.id).values(step=step[:64]))
    news.publish(row.code, news.PEOPLE)


def everybody(person: Person, code: str) -> list[Member]:
    """Who is in a class, by their names; for its teacher.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with reading() as connection:
        classes.own(connection, person, code)
        chosen = select(TABLE).where(TABLE.c.code == code).order_by(TABLE.c.nickname)
        return [_member(row) for row in connection.execute(chosen)]


def steps(person: Person, code: str) -> Counter[str]:
    """How many of a class are at each step; for its teacher.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    return Counter(each.step for each in everybody(person, code) if not each.out and each.step)


def count(code: str) -> int:
    """How many are in a class."""
    with reading() as connection:
        chosen = select(func.count()).where(TABLE.c.code == code, ~TABLE.c.out)
        return connection.scalar(chosen) or 0


def send_out(person: Person, code: str, member: int) -> None:
    """Send somebody out of a class; what they have answered and brought is gone.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with writing() as connection:
        classes.own(connection, person, code)
        which = (TABLE.c.id == member) & (TABLE.c.code == code)
        if connection.execute(update(TABLE).where(which).values(out=True)).rowcount:
            _forget(connection, member)
    news.publish(code, news.OUT, member)
    news.publish(code, news.WALL)


def _rows_of(connection: Connection, person: Person) -> list[Any]:
    if not person.id:
        return []
    return list(connection.execute(select(TABLE).where(TABLE.c.owner == person.id)).all())


def _remove(connection: Connection, member: int) -> None:
    _forget(connection, member)
    connection.execute(delete(TABLE).where(TABLE.c.id == member))


def _forget(connection: Connection, member: int) -> None:
    for table in (schema.CLASS_ANSWERS, schema.CLASS_PICTURES):
        connection.execute(delete(table).where(table.c.member == member))


def _member(row: Any) -> Member:
    return Member(row.id, row.nickname, row.step, row.out)
