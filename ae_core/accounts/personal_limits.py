"""The limits of each person: those of everybody, and what a teacher has changed for one."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Select, delete, insert, select

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.database import schema
from ae_core.database.connection import reading, writing
from ae_core.errors import UserError
from ae_core.texts import _

TABLE = schema.ALLOWANCES

OF_ALL = {
    "jobs_waiting_in_all", "upload_megabytes_in_all", "uploads_waiting_in_all", "answers_waiting",
    "answers_waiting_in_all", "megabytes_of_answers",
    "jobs_waiting_of_address", "uploads_waiting_of_address", "cookies_of_address_an_hour",
    "upload_megabytes_an_hour_of_address",
    "megabytes_kept_in_all", "disk_free_percent", "connections_of_address", "connections_in_all",
    "running_at_once", "slow_seconds", "train_seconds_in_class", "jobs_waiting_in_class",
}  # fmt: skip
"""Limits of the whole server."""


def of(person: Person, owner: str = "") -> Limits:
    """Their limits, or for a teacher those of another owner.

    Raises:
        UserError: it is somebody else, and they are no teacher.
    """
    owner = owner or person.id
    if owner != person.id:
        person.check_teaches()
    allowed = limits.limits()
    with reading() as connection:
        rows = connection.execute(
            select(TABLE.c.limit, TABLE.c.value).where(TABLE.c.owner == owner)
        ).all()
        is_restricted = connection.scalar(_restricted(owner)) is not None
    changed: dict[str, int] = {name: value for name, value in rows}  # noqa: C416 - a row is no pair
    # Another version may have had wider bounds, and other limits.
    for each in Limits.declared():
        if each.name in changed:
            value = max(int(each.low or 0), min(changed[each.name], int(each.high or 0)))
            allowed = replace(allowed, **{each.name: value})
    return _of_class(allowed) if is_restricted else allowed


def _of_class(allowed: Limits) -> Limits:
    return replace(
        allowed,
        train_seconds=min(allowed.train_seconds, allowed.train_seconds_in_class),
        jobs_waiting=min(allowed.jobs_waiting, allowed.jobs_waiting_in_class),
    )


def _restricted(owner: str) -> Select[tuple[str]]:
    """The class that somebody is in whose teacher has switched its limits on."""
    members, classes = schema.MEMBERS, schema.CLASSES
    joined = select(members.c.code).join(classes, classes.c.code == members.c.code)
    return joined.where(members.c.owner == owner, ~members.c.out, classes.c.restricted)


def names() -> list[str]:
    """The limits that can be changed for one person."""
    return [option.name for option in Limits.declared() if option.name not in OF_ALL]


def set_for(person: Person, owner: str, limit: str, value: int) -> None:
    """Give an owner another limit; for teachers.

    Raises:
        UserError: they are no teacher; or there is no such limit of one person; or it is out of
            bounds.
    """
    person.check_teaches()
    if limit not in names():
        raise UserError(_("There is no limit {name!r} of one person.", name=limit[:32]))
    replace(limits.limits(), **{limit: value})
    with writing() as connection:
        connection.execute(delete(TABLE).where(TABLE.c.owner == owner, TABLE.c.limit == limit))
        connection.execute(insert(TABLE).values(owner=owner, limit=limit, value=value))
