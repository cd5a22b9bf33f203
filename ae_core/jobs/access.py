"""What people do with jobs, and with what jobs have made: each function checks whose that is."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from ae_core import checkpoints, classifiers
from ae_core.accounts import limits, ownership, personal_limits
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.checkpoints import finding
from ae_core.database.connection import reading, writing
from ae_core.database.schema import EVENTS, JOBS
from ae_core.errors import UserError
from ae_core.jobs import files, queue_limits, results, table, waking
from ae_core.jobs.job import IN_BROWSER, Job, jobs_in
from ae_core.jobs.kinds import AnySpec
from ae_core.jobs.states import PAUSED, QUEUED, RUNNING
from ae_core.texts import _
from ae_core.training import received, runs


def submit(
    person: Person, spec: AnySpec, *, on: str = "auto", allowed: Limits | None = None
) -> Job:
    """Put a run into the queue. What it makes has an unguessable name and is theirs.

    Args:
        spec: what to train. A classifier's names its image set: whoever may see a model may not
            always see the images that it was trained on.

    Raises:
        UserError: a limit is reached, which is named; or the run needs what they may not see.
    """
    _check_sees(person, spec)
    return _added(person, spec, on, allowed)


def submit_learned(person: Person, data: bytes, allowed: Limits | None = None) -> Job:
    """Have measured and kept what their browser has learned, a file that `received.read` takes.

    Raises:
        UserError: it is no such file; a limit is reached; or the run needs what they may not see.
        OSError: the disk does not take it.
    """
    spec = received.spec_in(data)
    _check_sees(person, spec)
    found = received.read(data, spec, runs.images_of(spec))
    return _added(person, spec, IN_BROWSER, allowed, data, found.events())


def _check_sees(person: Person, spec: AnySpec) -> None:
    """Let those pass who may see all that a run needs.

    Raises:
        UserError: they may not.
    """
    assert spec.image_set
    needed = {spec.image_set, spec.starts_from}
    if unseen := needed - ownership.visible(person, needed):
        raise UserError(
            _("The image set is not here, or is not shared any more. Choose another one.")
            if spec.image_set in unseen
            else _(
                "The model to start from is not here, or is not shared any more. Choose another"
                " one."
            )
        )


def _added(
    person: Person, spec: AnySpec, on: str, allowed: Limits | None, data: bytes | None = None,
    course: Sequence[Mapping[str, Any]] = (),
) -> Job:  # fmt: skip
    """The run in the queue, and beside it what a browser has learned of it, and its course.

    Raises:
        UserError: a limit is reached, which is named.
        OSError: the disk does not take it.
    """
    allowed = allowed or personal_limits.of(person)
    if spec.seconds and spec.seconds > allowed.train_seconds:
        raise limits.over(
            "train_seconds", allowed.train_seconds,
            _("You asked for {seconds:g} s of training.", seconds=spec.seconds),
        )  # fmt: skip
    title = ownership.tidy_title(spec.title or spec.kept_name)
    name = ownership.new_name(title)
    values = {
        "name": name, "owner": person.id, "spec": json.dumps({**spec.to_dict(), "name": name,
        "title": title}), "on": on, "state": QUEUED, "submitted": time.time(),
        "network": person.network,
    }  # fmt: skip
    try:
        if data is not None:
            files.keep_received(name, data)
        with writing() as connection:
            queue_limits.check(connection, person.id, person.network, allowed)
            ownership.add_in(connection, person, name, ownership.CHECKPOINT, title, allowed)
            key = connection.execute(insert(JOBS).values(**values)).inserted_primary_key
            assert key is not None
            table.add_events(connection, key[0], course)
    except UserError:
        files.discard(name)
        raise
    waking.wake()
    return table.get(key[0])


def get(person: Person, number: int) -> Job:
    """A job of theirs; a teacher may see everybody's.

    Raises:
        UserError: there is no such job, or it is somebody else's.
    """
    job = table.get(number)
    person.check_owns(job.owner, or_teaches=True)
    return job


def of(person: Person, owner: str = "") -> list[Job]:
    """Their jobs, or for a teacher another owner's, newest first.

    Raises:
        UserError: it is somebody else, and they are no teacher.
    """
    owner = owner or person.id
    person.check_owns(owner, or_teaches=True)
    with reading() as connection:
        chosen = select(JOBS).where(JOBS.c.owner == owner).order_by(JOBS.c.id.desc())
        return jobs_in(connection.execute(chosen))


def everything(person: Person) -> list[Job]:
    """Everybody's jobs, for a teacher, newest first.

    Raises:
        UserError: they are no teacher.
    """
    person.check_teaches()
    with reading() as connection:
        return jobs_in(connection.execute(select(JOBS).order_by(JOBS.c.id.desc())))


def request(person: Person, number: int, wanted: str) -> None:
    """Ask a job to `PAUSE`, to `STOP` (and keep its model) or to be `DISCARD`.

    A job that does not run does so at once. A teacher may ask it of everybody's.

    Raises:
        UserError: there is no such job, or it is somebody else's.
    """
    get(person, number)
    with writing() as connection:
        row = JOBS.c.id == number
        connection.execute(update(JOBS).where(row, JOBS.c.state == RUNNING).values(request=wanted))
        idle = JOBS.c.state.in_((QUEUED, PAUSED))
        connection.execute(update(JOBS).where(row, idle).values(**table.when_idle(wanted)))
    waking.wake()


def go_on(person: Person, number: int) -> None:
    """Put a paused job back into the queue.

    Raises:
        UserError: there is no such job, or it is somebody else's.
    """
    get(person, number)
    with writing() as connection:
        connection.execute(
            update(JOBS)
            .where(JOBS.c.id == number, JOBS.c.state == PAUSED)
            .values(state=QUEUED, attempts=0, message="")
        )
    waking.wake()


def events(person: Person, number: int) -> list[dict[str, Any]]:
    """What a job of theirs reported, step by step.

    Raises:
        UserError: there is no such job, or it is somebody else's.
    """
    return table.told(get(person, number))


def forget(person: Person, number: int) -> None:
    """Take a job that made nothing off the list.

    Raises:
        UserError: there is no such job, or it is somebody else's.
    """
    job = get(person, number)
    results.discard_failed(job)
    files.discard(job.name)
    with writing() as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.job == number))
        connection.execute(delete(JOBS).where(JOBS.c.id == number))


def delete_result(person: Person, name: str) -> None:
    """Delete a checkpoint or a classifier that somebody made, with the files of its job.

    Raises:
        UserError: it is somebody else's, and they are no teacher; or it cannot be deleted.
    """
    ownership.check_owns(person, name, or_teaches=True)
    results.delete(name)


def rename(person: Person, name: str, title: str) -> None:
    """Give what a job made another title, in its card as on the list.

    Raises:
        UserError: it is not theirs, or the title is empty.
    """
    ownership.rename(person, name, title)
    kind = classifiers if finding.found(name, finding.holds_classifier) else checkpoints
    kind.retitle(name, ownership.tidy_title(title))
