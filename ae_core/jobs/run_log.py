"""One line of JSON for each run that is over or paused, where `AE_LOG` asks for it.

No name is in it: the name of what a run made opens it.
"""

from __future__ import annotations

import json
import sys
import time

from sqlalchemy import select

from ae_core.database.connection import reading
from ae_core.database.schema import JOBS
from ae_core.settings import LOG


def ended(number: int, state: str) -> None:
    """Write the line of a run that has just come to this state."""
    if LOG.value != "json":
        return
    columns = JOBS.c.submitted, JOBS.c.started, JOBS.c.attempts, JOBS.c.step
    with reading() as connection:
        row = connection.execute(select(*columns).where(JOBS.c.id == number)).one_or_none()
    if row is None:
        return
    now = time.time()
    told = {
        "time": round(now, 3), "event": "run", "state": state, "steps": row.step,
        "attempts": row.attempts, "waited": round((row.started or now) - row.submitted, 1),
        "seconds": round(now - (row.started or now), 1),
    }  # fmt: skip
    sys.stderr.write(json.dumps(told) + "\n")
    sys.stderr.flush()
