"""What a job can be, and what can be requested of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ae_core.options import Options, option

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
FINISHED, FAILED = "finished", "failed"
DISCARDED = "discarded"

NONE, PAUSE, STOP = "", "pause", "stop"
DISCARD = "discard"

FASTEST = 10.0
"""Steps a second in slow motion, at most."""


@dataclass(frozen=True)
class Controls(Options):
    """Everything that can be set of a run while it trains, as it was set last."""

    values: Mapping[str, float] = option({}, "Values of what can be changed, by its name")
    pace: float | None = option(
        None, "Steps a second; 0 for one step at a time, nothing for as many as possible",
        low=0, high=FASTEST,
    )  # fmt: skip
    until: int = option(0, "Step to go to, where steps are taken one at a time", low=0, high=10**9)


NO_CONTROLS = Controls()
"""Those of a run that nobody has touched."""
