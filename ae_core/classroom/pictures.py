"""The pictures that the members of a class bring for one set of all, each with its class."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import delete, func, insert, select

from ae_core.accounts.person import Person
from ae_core.classroom import classes, members, news
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import N_, _

TABLE = schema.CLASS_PICTURES

MOST_OF_MEMBER, MOST_BYTES, LONGEST_LABEL = 60, 200_000, 40

TOO_MANY = N_("You have brought {most} pictures: that is all that one person can bring.")
TOO_LARGE = N_("This picture is too large.")


def bring(person: Person, label: str, picture: bytes) -> None:
    """Add a picture, as PNG, to the set of the class that they are in.

    Raises:
        UserError: they are in no class, or it is too large, or one too many.
    """
    if len(picture) > MOST_BYTES:
        raise UserError(_(TOO_LARGE))
    with writing() as connection:
        member = members.inside(connection, person)
        if member is None:
            raise UserError(_(members.NOT_IN_A_CLASS))
        chosen = select(func.count()).where(TABLE.c.member == member.id)
        if (connection.scalar(chosen) or 0) >= MOST_OF_MEMBER:
            raise UserError(_(TOO_MANY, most=MOST_OF_MEMBER))
        values = {"code": member.code, "member": member.id, "label": label[:LONGEST_LABEL]}
        connection.execute(insert(TABLE).values(**values, picture=picture))
    news.publish(member.code, news.WALL)


def mine(person: Person) -> Counter[str]:
    """How many they have brought, by class."""
    with reading() as connection:
        member = members.inside(connection, person)
        if member is None:
            return Counter()
        return Counter(
            connection.scalars(select(TABLE.c.label).where(TABLE.c.member == member.id)).all()
        )


def take_back(person: Person) -> None:
    """Take the last picture that they have brought away again."""
    with writing() as connection:
        member = members.inside(connection, person)
        if member is None:
            return
        last = select(func.max(TABLE.c.id)).where(TABLE.c.member == member.id).scalar_subquery()
        connection.execute(delete(TABLE).where(TABLE.c.id == last))
    news.publish(member.code, news.WALL)


def of_all(person: Person, code: str) -> list[tuple[str, bytes]]:
    """Every picture with its class, as they came; for the class's teacher.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with reading() as connection:
        classes.own(connection, person, code)
        chosen = select(TABLE.c.label, TABLE.c.picture).where(TABLE.c.code == code)
        return [(row.label, row.picture) for row in connection.execute(chosen.order_by(TABLE.c.id))]


def counts(person: Person, code: str) -> Counter[str]:
    """How many pictures there are of each class; for its teacher.

    Raises:
        UserError: the class is somebody else's or closed.
    """
    with reading() as connection:
        classes.own(connection, person, code)
        return Counter(connection.scalars(select(TABLE.c.label).where(TABLE.c.code == code)).all())
