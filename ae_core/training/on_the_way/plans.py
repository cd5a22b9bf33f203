"""How many steps a run is to take, and how that was corrected while it trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ae_core.errors import UserError
from ae_core.texts import _


class _Turn(NamedTuple):
    step: int
    place: float
    steps: int


class Plan:
    """The steps of a run as they were counted first, and each correction since.

    A correction stretches or shortens the schedule over what is left: `place` says at which step of
    the first count the schedule stands.

    Args:
        counts: the first count; after it, of each correction, the step at which it was made and the
            count from then on.

    Raises:
        UserError: a count is missing, or lies before the step at which it was made.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = tuple(counts)
        self._turns = [_Turn(0, 0.0, counts[0])]
        rest = counts[1:]
        if len(rest) % 2 or counts[0] < 1:
            raise UserError(_("A plan is a count of steps, then pairs of a step and a count."))
        for step, steps in zip(rest[::2], rest[1::2], strict=True):
            self._turn(step, steps)

    @property
    def first(self) -> int:
        """The steps as they were counted first."""
        return self._turns[0].steps

    @property
    def steps(self) -> int:
        """The steps as they are counted now."""
        return self._turns[-1].steps

    def correct(self, step: int, steps: int) -> None:
        """From this step on there are to be so many in all."""
        self._turn(step, steps)
        self.counts += (step, steps)

    def place(self, step: int) -> float:
        """The step of the first count at which the schedule stands."""
        began, place, steps = next(turn for turn in reversed(self._turns) if turn.step <= step)
        return place + (step - began) * (self.first - place) / (steps - began)

    def _turn(self, step: int, steps: int) -> None:
        if not self._turns[-1].step <= step < steps:
            raise UserError(
                _(
                    "A plan goes on from step to step: {steps} steps as of step {step} cannot be.",
                    steps=steps, step=step,
                )
            )  # fmt: skip
        self._turns.append(_Turn(step, self.place(step), steps))
