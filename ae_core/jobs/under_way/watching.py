"""Runs that others watch: whoever has the link that their owner shares, and nobody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.database.connection import reading
from ae_core.database.schema import JOBS
from ae_core.errors import UserError
from ae_core.jobs import table
from ae_core.jobs.job import Job, jobs_in
from ae_core.texts import _


def run(person: Person, name: str) -> Job:
    """The run of that name, where they may see what it makes.

    Raises:
        UserError: it is somebody else's and not shared, or gone.
    """
    ownership.check_sees(person, name)
    with reading() as connection:
        found = jobs_in(connection.execute(select(JOBS).where(JOBS.c.name == name)))
    if not found:
        raise UserError(_("That run is not here any more."))
    return found[0]


def events(person: Person, name: str) -> list[dict[str, Any]]:
    """What it reported, step by step.

    Raises:
        UserError: it is somebody else's and not shared, or gone.
    """
    return table.told(run(person, name))
