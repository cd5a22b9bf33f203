"""What the worker clears up every few minutes: what has expired, and what was left behind."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ae_core import image_sets
from ae_core.accounts import expiry, ownership
from ae_core.classroom import classes
from ae_core.database import clock, copies
from ae_core.errors import UserError
from ae_core.jobs import analysis_results, results, table
from ae_core.settings import settings
from ae_core.storage import folders, sync

log = logging.getLogger(__name__)

AGAIN_SECONDS = 60.0
"""How long the same trouble is not logged again."""

_told: dict[str, tuple[str, float]] = {}


def swept() -> None:
    """Sweep; a failure goes to the log."""
    with logged("Sweeping"):
        sweep()


def sweep() -> None:
    """Delete what has expired, here and in the store, and what killed processes left behind.

    One thing that fails keeps none of the others; the next sweep tries again.
    """
    with logged("What was left half done"):
        folders.tidy(settings().home)
    for job in table.without_result():
        with logged(f"What {job.name} left was not deleted"):
            results.discard_failed(job)
    with logged("The answers"):
        analysis_results.sweep()
    with logged("The copy of the database"):
        copies.keep()
    moment = clock.look()
    with logged("The classes"):
        classes.sweep(moment.now)
    expiry.mark(moment)
    for each in expiry.gone(moment):
        with logged(f"{each.name} was not deleted"):
            if each.kind == ownership.CHECKPOINT:
                results.delete(each.name)
            else:
                image_sets.remove(each.name)
    if settings().remote:
        with logged("The store"):
            sync.tidy()


@contextmanager
def logged(what: str) -> Iterator[None]:
    """Log what went wrong, and go on; the same not each time anew."""
    try:
        yield
    except (UserError, OSError) as failure:
        said, before = str(failure), _told.get(what, ("", 0.0))
        if said != before[0] or time.monotonic() - before[1] > AGAIN_SECONDS:
            log.warning("%s: %s", what, said)
            _told[what] = said, time.monotonic()
    else:
        _told.pop(what, None)
