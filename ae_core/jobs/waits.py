"""How long a waiting run will wait, learned from how long runs took here."""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from sqlalchemy import select

from ae_core.database.connection import reading
from ae_core.database.schema import JOBS
from ae_core.jobs import table
from ae_core.jobs.job import IN_BROWSER, Job, jobs_in
from ae_core.jobs.states import FINISHED

LOOKED_AT = 30
"""Runs that ended last, of which the usual length is learned."""

USUAL_BEYOND = 4.0
USUAL_SECONDS = 20.0
"""What is assumed where no run has ended yet."""

NEXT = -1
"""The number of a run that nobody has asked for yet."""


class Turn(NamedTuple):
    """A run that waits: its number, whose it is, and how long it will take."""

    number: int
    owner: str
    seconds: float


@dataclass(frozen=True)
class Lengths:
    """How long runs take here, in seconds.

    `beyond` is what a run takes besides the time that it trains, to begin and to be measured;
    `trains` is the usual time of one that was asked for no time.
    """

    beyond: float = USUAL_BEYOND
    trains: float = USUAL_SECONDS

    def whole(self, job: Job) -> float:
        """From when its turn comes to its end."""
        return (job.spec.seconds or self.trains) + self.beyond

    def left(self, job: Job, now: float) -> float:
        """Until the end of one that runs; `now` is in seconds since 1970."""
        if training := job.progress.get("seconds_left"):
            return float(training) + self.beyond / 2  # it has begun, and is not measured yet
        return max(0.0, self.whole(job) - (now - (job.started or now)))


def lengths() -> Lengths:
    """How long the last runs took."""
    with reading() as connection:
        trained_here = (
            JOBS.c.state == FINISHED, JOBS.c.started.is_not(None), JOBS.c.on != IN_BROWSER,
        )  # fmt: skip
        chosen = select(JOBS).where(*trained_here)
        last = jobs_in(connection.execute(chosen.order_by(JOBS.c.ended.desc()).limit(LOOKED_AT)))
    trained = [(job, job.progress["seconds"]) for job in last if "seconds" in job.progress]
    beyond = [(job.ended or 0.0) - (job.started or 0.0) - seconds for job, seconds in trained]
    counted = [seconds for job, seconds in trained if not job.spec.seconds]
    # One that was paused has trained longer than since it was taken up last.
    return Lengths(
        median([each for each in beyond if each >= 0] or [USUAL_BEYOND]),
        median(counted or [USUAL_SECONDS]),
    )


def starts(line: Sequence[Turn], busy: Sequence[tuple[float, str]], slots: int) -> dict[int, float]:
    """In how many seconds each waiting run begins, by its number, in the order of the beginnings.

    Args:
        line: those that wait, in turn.
        busy: of each run under way, the seconds until its end, and whose it is: nobody has two.
        slots: how many run at once.
    """
    waiting, ends, now = list(line), list(busy), 0.0
    heapq.heapify(ends)
    found: dict[int, float] = {}
    while waiting:
        owners = {owner for _, owner in ends}
        turn = next((each for each in waiting if each.owner not in owners), None)
        if turn is None or len(ends) >= max(1, slots):
            now, _ = heapq.heappop(ends)
            continue
        found[turn.number] = now
        waiting.remove(turn)
        heapq.heappush(ends, (now + turn.seconds, turn.owner))
    return found


def of(job: Job, slots: int) -> tuple[int, float]:
    """How many runs begin before a waiting one, and in about how many seconds it begins."""
    begins = _starts(slots, lengths())
    return (list(begins).index(job.id), begins[job.id]) if job.id in begins else (0, 0.0)


def of_next(owner: str, slots: int, usual: Lengths) -> tuple[int, float]:
    """The same for a run that this person would ask for now, where runs are of these lengths."""
    begins = _starts(slots, usual, Turn(NEXT, owner, 0.0))
    return list(begins).index(NEXT), begins[NEXT]


def _starts(slots: int, usual: Lengths, *more: Turn) -> dict[int, float]:
    now = time.time()
    waiting, running = (
        [job for job in jobs if not job.is_trained] for jobs in (table.waiting(), table.running())
    )
    line = [Turn(job.id, job.owner, usual.whole(job)) for job in waiting]
    busy = [(usual.left(job, now), job.owner) for job in running]
    return starts([*line, *more], busy, slots)
