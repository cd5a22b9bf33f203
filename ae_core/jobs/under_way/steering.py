"""What people change of a run on its way: each function checks whose it is.

What they want is kept with the job, so that a run that is taken up again has it too.
"""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import Connection, select, update

from ae_core.accounts.person import Person
from ae_core.database.connection import writing
from ae_core.database.schema import JOBS
from ae_core.errors import UserError
from ae_core.jobs import access, kinds, waking
from ae_core.jobs.job import Job
from ae_core.jobs.states import PAUSED, Controls
from ae_core.texts import _


def change(person: Person, number: int, what: str, value: float) -> None:
    """Have the rate, the noise or beta of a run be this from now on: see `training.changes`.

    Raises:
        UserError: there is no such run, or it is somebody else's; it is over, has none of it, or
            the value is out of bounds.
    """
    job = _under_way(person, number)
    if (bounds := kinds.adjustable(job.spec).get(what)) is None:
        raise UserError(_("This run has no {what} that could be changed in its middle.", what=what))
    bounds.check(what, value)
    with writing() as connection:
        controls = _controls(connection, number)
        _keep(connection, number, replace(controls, values={**controls.values, what: value}))
    waking.wake()


def set_pace(person: Person, number: int, pace: float | None) -> None:
    """Have a run take so many steps a second, or, of None, as many as it can.

    Raises:
        UserError: there is no such run, it is somebody else's or over, or the pace cannot be.
    """
    _under_way(person, number)
    with writing() as connection:
        _keep(connection, number, replace(_controls(connection, number), pace=pace))
    waking.wake()


def single_step(person: Person, number: int) -> None:
    """Have a run take one step, and wait; one that is paused too.

    Raises:
        UserError: there is no such run, or it is somebody else's or over.
    """
    job = _under_way(person, number)
    with writing() as connection:
        controls = _controls(connection, number)
        until = max(job.step, controls.until) + 1
        _keep(connection, number, replace(controls, pace=0.0, until=until))
    if job.state == PAUSED:
        access.go_on(person, number)
    waking.wake()


def _under_way(person: Person, number: int) -> Job:
    job = access.get(person, number)
    if job.is_over:
        raise UserError(_("That run is over, so that nothing of it can be changed."))
    return job


def _controls(connection: Connection, number: int) -> Controls:
    kept = connection.scalar(select(JOBS.c.controls).where(JOBS.c.id == number))
    return Controls.from_dict(json.loads(kept or "{}"))


def _keep(connection: Connection, number: int, controls: Controls) -> None:
    values = {"controls": json.dumps(controls.to_dict())}
    connection.execute(update(JOBS).where(JOBS.c.id == number).values(**values))
