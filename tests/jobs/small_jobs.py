"""What tests of jobs ask for: a run that takes a moment, and a worker without requests."""

from __future__ import annotations

from ae_core.jobs import states, trainer
from ae_core.training.runs import RunSpec

SPEC = RunSpec(
    "ae-2", "digits", steps=400, keep_codes=True, title="Mine",
    recipe={
        "threads": 1, "precision": "float32", "memory_format": "contiguous",
        "optimizer": "adam", "batch_size": 16,
    },
)  # fmt: skip


class NoRequests(trainer.Requests):
    """The requests of a worker that sends none."""

    def __init__(self) -> None:
        self.latest = states.NONE
