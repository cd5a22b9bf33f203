"""What jobs have made: how much it is, and deleting it. Whose it is, `ae_core.jobs.access` asks."""

from __future__ import annotations

from pathlib import Path

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.checkpoints import finding
from ae_core.jobs import files, states, table
from ae_core.jobs.job import Job
from ae_core.settings import settings
from ae_core.storage.object_store import StoreError


def settle(job: Job, state: str) -> None:
    """Record how much a job has made, or delete what one without a result leaves behind."""
    if (kept := settings().checkpoint_roots[0] / job.name).is_dir():
        ownership.weigh(job.name, files.size(job.name) + files.size_of(kept))
    elif state in (states.DISCARDED, states.FAILED):
        discard_failed(job)


def discard_failed(job: Job) -> None:
    """Delete what a job without a result leaves behind."""
    try:
        if finding.found(job.name, Path.is_dir):
            return
    except StoreError:
        return  # which may have one; the next sweep asks again
    files.discard(job.name)
    ownership.remove(job.name)


def delete(name: str) -> None:
    """Delete a checkpoint or a classifier that somebody made, with the files of its job."""
    checkpoints.delete(name)
    files.discard(name)
    ownership.remove(name)
    table.give_up(name)
