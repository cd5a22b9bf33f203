"""What the members of a class answer: one answer of each to a question, and how many said what.

A question is any short name, as `squeeze/3`; an answer is what JSON holds: a choice, a number, the
code of a mark, the strokes of a drawing.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from ae_core.accounts.person import Person
from ae_core.classroom import classes, members, news
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import N_, _

TABLE = schema.CLASS_ANSWERS

LONGEST = 24_000
"""Characters of an answer: a drawing has as many."""

LONGEST_QUESTION = 64

AT_ONCE, A_SECOND = 8, 1.0
"""Answers of one member: so many at once, and so many a second from then on."""

TOO_FAST = N_("That is faster than your class can take. Wait a second.")
TOO_LONG = N_("That is too much for an answer.")


class Paces:
    """Of each member, how many answers they may give now, and when that was looked at."""

    def __init__(self) -> None:
        self.of_member: dict[int, tuple[float, float]] = {}

    def take(self, member: int) -> bool:
        """Whether they may give another one, which is counted."""
        now = time.monotonic()
        if len(self.of_member) > 10 * members.MOST:
            self.of_member.clear()
        left, since = self.of_member.get(member, (float(AT_ONCE), now))
        left = min(float(AT_ONCE), left + A_SECOND * (now - since))
        self.of_member[member] = (max(0.0, left - 1) if left >= 1 else left, now)
        return left >= 1


PACES = Paces()


@dataclass(frozen=True)
class Given:
    """An answer, by the number and the nickname of who gave it."""

    member: int
    nickname: str
    value: Any
    hidden: bool


def give(person: Person, question: str, value: Any) -> None:
    """Answer a question of the class that they are in, in the place of their former answer.

    Raises:
        UserError: they are in no class, or it is too long, or too fast.
    """
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as failure:
        raise UserError(_(TOO_LONG)) from failure
    if len(text) > LONGEST or len(question) > LONGEST_QUESTION:
        raise UserError(_(TOO_LONG))
    with reading() as connection:
        member = members.inside(connection, person)
    if member is None:
        raise UserError(_(members.NOT_IN_A_CLASS))
    if not PACES.take(member.id):
        raise UserError(_(TOO_FAST))
    with writing() as connection:
        member = members.inside(connection, person)
        if member is None:
            raise UserError(_(members.NOT_IN_A_CLASS))
        which = (TABLE.c.member == member.id) & (TABLE.c.question == question)
        connection.execute(delete(TABLE).where(which))
        connection.execute(
            insert(TABLE).values(
                member=member.id, question=question, code=member.code, value=text, hidden=False
            )
        )
    news.publish(member.code, news.WALL)


def mine(person: Person, question: str) -> Any:
    """What they have answered themselves; None where they have not."""
    with reading() as connection:
        member = members.inside(connection, person)
        if member is None:
            return None
        chosen = select(TABLE.c.value).where(
            TABLE.c.member == member.id, TABLE.c.question == question
        )
        text = connection.scalar(chosen)
    return None if text is None else json.loads(text)


def counts(person: Person, question: str) -> Counter[str]:
    """How many of their class have given each answer: of who teaches it, or is in it.

    Nobody is named, and who is in no class is told nothing.
    """
    code = _code_of(person)
    if not code:
        return Counter()
    with reading() as connection:
        chosen = select(TABLE.c.value).where(
            TABLE.c.code == code, TABLE.c.question == question, ~TABLE.c.hidden
        )
        values = [json.loads(text) for text in connection.scalars(chosen)]
    return Counter(each if isinstance(each, str) else json.dumps(each) for each in values)


def of_all(person: Person, code: str, question: str) -> list[Given]:
    """Every answer to a question, in the order of coming into the class; for its teacher.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with reading() as connection:
        classes.own(connection, person, code)
        people = schema.MEMBERS
        chosen = (
            select(TABLE.c.member, people.c.nickname, TABLE.c.value, TABLE.c.hidden)
            .join(people, people.c.id == TABLE.c.member)
            .where(TABLE.c.code == code, TABLE.c.question == question)
            .order_by(TABLE.c.member)
        )
        rows = connection.execute(chosen).all()
    return [Given(row.member, row.nickname, json.loads(row.value), row.hidden) for row in rows]


def hide(person: Person, code: str, question: str, member: int, hidden: bool = True) -> None:
    """Take an answer off the wall, or put it back; for the class's teacher.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with writing() as connection:
        classes.own(connection, person, code)
        which = (TABLE.c.code == code) & (TABLE.c.question == question)
        changed = update(TABLE).where(which, TABLE.c.member == member)
        connection.execute(changed.values(hidden=hidden))
    news.publish(code, news.WALL)


def _code_of(person: Person) -> str:
    found = classes.of_teacher(person)
    if found is None and (member := members.of(person)) is not None:
        found, _member = member
    return found.code if found is not None else ""
