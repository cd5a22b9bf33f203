"""A clock that goes forward by what really passes: the one on the wall may jump, and be put right.

It is in the database, and told whenever somebody looks. What passed since a process last looked it
knows by the clock that nobody sets; before that, a day at most is believed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from ae_core.database.connection import url, writing
from ae_core.database.schema import CLOCK

JUMP_SECONDS = 300.0
"""By so much the two clocks may differ, as a clock is put right all the time."""

MOST_UNSEEN_SECONDS = 86_400.0
"""The longest time without a look that is believed."""

looked: dict[str, float] = {}
"""When this process last looked, by the clock that nobody sets; by database."""


@dataclass(frozen=True)
class Moment:
    """`now` is seconds by this clock, `calm` those since the other one has jumped last."""

    now: float
    calm: float


def look() -> Moment:
    """What time it is.

    Raises:
        UserError: the database cannot be written.
    """
    wall, running, address = time.time(), _running(), url()
    with writing() as connection:
        found = connection.execute(select(CLOCK.c.wall, CLOCK.c.now, CLOCK.c.jumped)).one_or_none()
        if found is None:
            connection.execute(insert(CLOCK).values(id=1, wall=wall, now=0.0, jumped=0.0))
            now = jumped = 0.0
        else:
            before, now, jumped = found
            most = running - looked.get(address, running - MOST_UNSEEN_SECONDS)
            passed = wall - before
            now += min(most, max(0.0, passed))
            if not -JUMP_SECONDS <= passed <= most + JUMP_SECONDS:
                jumped = now
            connection.execute(update(CLOCK).values(wall=wall, now=now, jumped=jumped))
    looked[address] = running
    return Moment(now, now - jumped)


def _running() -> float:
    """Seconds since the machine started, those that it slept too."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)
