"""The table of jobs, as the worker sees it: whose turn it is, and how far each run has come.

A job is `queued` until a worker claims it, `running` until it ends as `finished`, `failed` or
`discarded`, or is `paused`. What a person wants of a running job is its `request`. What people do
is in `ae_core.jobs.access`.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ae_core.database.connection import reading, writing
from ae_core.database.schema import BELONGINGS, EVENTS, JOBS
from ae_core.errors import UserError
from ae_core.jobs import run_log
from ae_core.jobs.job import IN_BROWSER, OTHER_VERSION, Job, jobs_in
from ae_core.jobs.states import (
    DISCARD,
    DISCARDED,
    FAILED,
    NONE,
    PAUSE,
    PAUSED,
    QUEUED,
    RUNNING,
    STOP,
    Controls,
)  # fmt: skip
from ae_core.texts import _, ngettext, to_json

MOST_ATTEMPTS = 3
"""Attempts without progress, after which a job has failed."""


def under_way() -> tuple[int, list[int]]:
    """How many jobs are queued, and the numbers of those that the table says are running."""
    with reading() as connection:
        rows = connection.execute(
            select(JOBS.c.id, JOBS.c.state).where(JOBS.c.state.in_((QUEUED, RUNNING)))
        ).all()
    running = [number for number, state in rows if state == RUNNING]
    return len(rows) - len(running), running


def claim(most: int) -> Job | None:
    """The next job in turn becomes running, unless `most` run already.

    People take turns: nobody has two running, and who was served longest ago comes first, those of
    one network taken as one. What was learned in a browser is measured beside them, one at a time:
    that takes a moment. What another version asked for ends here, in words.
    """
    with writing() as connection:
        rows = jobs_in(connection.execute(select(JOBS).where(JOBS.c.state.in_((QUEUED, RUNNING)))))
        if foreign := [job.id for job in rows if job.state == QUEUED and not job.is_readable]:
            ended = {
                "state": FAILED,
                "message": to_json(_(OTHER_VERSION)),
                "request": NONE,
                "ended": time.time(),
            }
            connection.execute(update(JOBS).where(JOBS.c.id.in_(foreign)).values(**ended))
        measured = any(job.is_trained for job in rows if job.state == RUNNING)
        running = [job for job in rows if job.state == RUNNING and not job.is_trained]
        busy = {job.owner for job in running}
        queued = [
            job for job in rows
            if job.state == QUEUED and job.is_readable
            and (not measured if job.is_trained else len(running) < most and job.owner not in busy)
        ]  # fmt: skip
        turn = in_turn(queued, _served(connection)) if queued else []
        chosen = next((job for job in turn if job.is_trained), next(iter(turn), None))
        if chosen is None:
            return None
        connection.execute(
            update(JOBS)
            .where(JOBS.c.id == chosen.id)
            .values(state=RUNNING, started=time.time(), attempts=JOBS.c.attempts + 1)
        )
    return get(chosen.id)


def _served(connection: Connection) -> dict[str, float | None]:
    """When each person, and somebody of each network, was served last."""
    served: dict[str, float | None] = {}
    for whose in (JOBS.c.owner, JOBS.c.network):
        trained = whose != "", JOBS.c.on != IN_BROWSER
        last = select(whose, func.max(JOBS.c.started)).where(*trained).group_by(whose)
        served |= dict(connection.execute(last).all())
    return served


def in_turn(waiting: Sequence[Job], served: Mapping[str, float | None]) -> list[Job]:
    """Waiting jobs in the order in which they will run: a round of one job for each person.

    In a round, those of whose network somebody was `served` longest ago come first: of as many new
    cookies as there may be from one network, one goes before who comes from another. Then who was
    served longest ago themselves, and among those never served who asked first.
    """
    taken: Counter[str] = Counter()
    rounds = []
    for job in sorted(waiting, key=lambda job: job.submitted):
        of_network = served.get(job.network or job.owner) or 0.0
        rounds.append(
            (taken[job.owner], of_network, served.get(job.owner) or 0.0, job.submitted, job)
        )
        taken[job.owner] += 1
    return [job for *__, job in sorted(rounds, key=lambda row: row[:4])]


def waiting() -> list[Job]:
    """All queued jobs in the order in which they will run."""
    with reading() as connection:
        rows = jobs_in(connection.execute(select(JOBS).where(JOBS.c.state == QUEUED)))
        served = _served(connection)
    return in_turn(rows, served)


def running() -> list[Job]:
    """All running jobs."""
    with reading() as connection:
        return jobs_in(connection.execute(select(JOBS).where(JOBS.c.state == RUNNING)))


def get(number: int) -> Job:
    """The job of that number.

    Raises:
        UserError: there is none.
    """
    with reading() as connection:
        found = jobs_in(connection.execute(select(JOBS).where(JOBS.c.id == number)))
    if not found:
        raise UserError(_("That run is gone. Start a new one."))
    return found[0]


def told(job: Job) -> list[dict[str, Any]]:
    """What a job reported, step by step: read once for all who look, and not to be changed."""
    return _told(job.name, job.id, job.step)


@lru_cache(maxsize=32)
def _told(name: str, number: int, step: int) -> list[dict[str, Any]]:  # noqa: ARG001 - the key
    with reading() as connection:
        chosen = select(EVENTS.c["values"]).where(EVENTS.c.job == number).order_by(EVENTS.c.step)
        return [json.loads(values) for (values,) in connection.execute(chosen)]


def advance(number: int, progress: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> None:
    """Record how far a running job is; nothing where its row is gone.

    An event of a step that is there already replaces it: a run that was interrupted repeats some.
    """
    with writing() as connection:
        row = JOBS.c.id == number
        if (former := connection.scalar(select(JOBS.c.step).where(row))) is None:
            return
        steps = [event["step"] for event in events]
        connection.execute(delete(EVENTS).where(EVENTS.c.job == number, EVENTS.c.step.in_(steps)))
        add_events(connection, number, events)
        step = max([former, *steps])
        values: dict[str, Any] = {"progress": json.dumps(dict(progress)), "step": step}
        if step > former:
            values["attempts"] = 1  # it makes progress: earlier failures do not count any more
        connection.execute(update(JOBS).where(row).values(**values))


def add_events(connection: Connection, number: int, events: Sequence[Mapping[str, Any]]) -> None:
    """Add what a job reports, in the transaction of its caller."""
    rows = [{"job": number, "step": each["step"], "values": json.dumps(each)} for each in events]
    if rows:
        connection.execute(insert(EVENTS), rows)


def requests(numbers: Sequence[int]) -> dict[int, tuple[str, Controls]]:
    """What was requested of each of these jobs, and what is wanted of it on its way."""
    with reading() as connection:
        columns = JOBS.c.id, JOBS.c.request, JOBS.c.controls
        rows = connection.execute(select(*columns).where(JOBS.c.id.in_(numbers))).all()
        return {
            number: (request, Controls.from_dict(json.loads(controls)))
            for number, request, controls in rows
        }


def end(number: int, state: str, message: str = "") -> None:
    """A running job is over, or paused; what was requested while it paused is then done.

    One that is paused with a message is held by the machine: it is stopped and kept later.
    """
    with writing() as connection:
        row = (JOBS.c.id == number, JOBS.c.state == RUNNING)
        wanted = connection.scalar(select(JOBS.c.request).where(*row))
        values = _over(state, message)
        if state == PAUSED and wanted in (STOP, DISCARD):
            values |= {"request": STOP} if message and wanted == STOP else when_idle(wanted)
        connection.execute(update(JOBS).where(*row).values(**values))
    run_log.ended(number, state)


def interrupted(number: int, reason: str, *, by_us: bool = False) -> str:
    """The process of a job is gone: the job waits for another one, or has failed too often.

    A process that was ended `by_us` does not count as a failed attempt. Gives the job's state:
    empty where its row is gone, as it is in a database that somebody has emptied: what the job has
    kept then stays.
    """
    row = JOBS.c.id == number
    with writing() as connection:
        chosen = select(JOBS.c.state, JOBS.c.request, JOBS.c.attempts).where(row)
        if (found := connection.execute(chosen).one_or_none()) is None:
            return ""
        state, requested, attempts = found
        if state != RUNNING:
            return str(state)
        if requested == DISCARD:
            values = _over(DISCARDED)
        elif attempts >= MOST_ATTEMPTS and not by_us:
            message = ngettext(
                "{reason} That happened {count} time without any progress.",
                "{reason} That happened {count} times without any progress.",
                attempts, reason=reason,
            )  # fmt: skip
            values = _over(FAILED, message)
        else:
            values = {"state": QUEUED, "message": to_json(reason), "attempts": attempts - by_us}
        connection.execute(update(JOBS).where(row).values(**values))
    return str(values["state"])


def held() -> list[Job]:
    """Paused jobs that go on by themselves once the disk takes them; not after many attempts."""
    with reading() as connection:
        chosen = select(JOBS).where(
            JOBS.c.state == PAUSED, JOBS.c.message != "", JOBS.c.attempts < MOST_ATTEMPTS
        )
        return jobs_in(connection.execute(chosen))


def let_go_on(number: int) -> None:
    """Put a job that is held back into the queue; what was requested of it stays."""
    with writing() as connection:
        row = (JOBS.c.id == number, JOBS.c.state == PAUSED)
        connection.execute(update(JOBS).where(*row).values(state=QUEUED, message=""))


def when_idle(wanted: str) -> dict[str, Any]:
    """What becomes of a job that does not run, of which this is requested."""
    if wanted == PAUSE:
        return {"state": PAUSED, "request": NONE}
    if wanted == STOP:
        return {"state": QUEUED, "request": STOP}  # its turn comes for keeping it alone
    return {"state": DISCARDED, "request": NONE, "ended": time.time()}


def _over(state: str, message: str = "") -> dict[str, Any]:
    return {"state": state, "message": to_json(message), "request": NONE, "ended": time.time()}


def give_up(name: str) -> None:
    """End a job whose result was deleted before it was finished: it would have no owner."""
    with writing() as connection:
        connection.execute(
            update(JOBS)
            .where(JOBS.c.name == name, JOBS.c.state.in_((QUEUED, PAUSED)))
            .values(state=DISCARDED, request=NONE, ended=time.time())
        )
        connection.execute(
            update(JOBS).where(JOBS.c.name == name, JOBS.c.state == RUNNING).values(request=DISCARD)
        )


def without_result() -> list[Job]:
    """Jobs that failed or were discarded, and still count against their owner's limits."""
    with reading() as connection:
        empty = select(BELONGINGS.c.name).where(BELONGINGS.c.bytes == 0)
        ended = JOBS.c.state.in_((FAILED, DISCARDED))
        return jobs_in(connection.execute(select(JOBS).where(ended, JOBS.c.name.in_(empty))))
