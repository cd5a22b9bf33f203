"""How fast a run goes, and how it is kept within the seconds that it was asked for."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass

from ae_core.training.on_the_way.plans import Plan

CORRECTED_SHARE = 0.25
"""Share of the time or the steps left after which those of a run with a time limit are counted
again."""

TOLERANCE = 0.02
"""By how much of what is left a new count has to differ."""

PACE_SECONDS = 1.0
"""The time behind, at least, over which steps are counted to tell how many are still to come."""


class Pace:
    """Steps a second over the last second of a run, or since it went on."""

    def __init__(self, now: float, step: int) -> None:
        self._marks = deque([(now, step)])

    def at(self, now: float, step: int) -> float:
        """Steps a second, where this is the present step."""
        self._marks.append((now, step))
        while now - self._marks[1][0] >= PACE_SECONDS:
            self._marks.popleft()
        since, before = self._marks[0]
        return (step - before) / (now - since)


@dataclass
class Deadline:
    """The seconds that a run is to take, and when its plan was corrected last so that it does."""

    seconds: float
    corrected_at: float = 0.0
    corrected_step: int = 0

    def keep(self, plan: Plan, step: int, seconds: float, pace: float) -> None:
        """Correct the plan each time that a quarter of what was left has passed, of time or steps.

        Args:
            plan: the steps of the run.
            step: the present one.
            seconds: how long the run has taken until then.
            pace: steps a second.
        """
        left = self.seconds - seconds
        time_passed = seconds - self.corrected_at, self.seconds - self.corrected_at
        steps_passed = step - self.corrected_step, plan.steps - self.corrected_step
        is_due = any(some >= CORRECTED_SHARE * whole for some, whole in (time_passed, steps_passed))
        if step >= plan.steps or not is_due:
            return
        self.corrected_at, self.corrected_step = seconds, step
        steps = step + max(1, round(left * pace))
        if abs(steps - plan.steps) > max(1, TOLERANCE * (plan.steps - step)):
            plan.correct(step, steps)


def typical(seconds: list[float]) -> float:
    """The time of a step, of a few: the first ones also choose and compile their kernels."""
    return statistics.median(seconds[len(seconds) // 2 :])
