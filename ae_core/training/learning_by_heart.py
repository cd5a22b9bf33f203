"""Whether a run learns its images by heart, from what it reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

LEAST_CHANGE = 0.02
"""Share by which an error has to change: less may be chance."""

AVERAGED = 3
"""Last measurements whose mean counts, so that one of them alone says nothing."""


@dataclass(frozen=True)
class ByHeart:
    """Where the error on test images was lowest, and by which share both have changed since."""

    step: int
    seconds: float
    fell: float
    rose: float


def found(events: Sequence[Mapping[str, Any]]) -> ByHeart | None:
    """What shows that a run learns by heart: the training error falls while the test error rises.

    Both are compared with where the test error was lowest: the mean of the last three measurements
    on test images lies 2 % above that, or more, and the training error at the same three 2 % below.
    An error is the sum of the parts of the loss. None where it is not so, or not known yet.

    Args:
        events: what a job reported, each with a `step`, `seconds`, and the losses by name of
            `train` and, where it was measured, of `test`.
    """
    measured = [event for event in events if event["test"]]
    if len(measured) <= AVERAGED:
        return None
    test = [sum(event["test"].values()) for event in measured]
    train = [sum(event["train"].values()) for event in measured]
    best = test.index(min(test))
    last = slice(max(best + 1, len(measured) - AVERAGED), None)
    if len(test[last]) < AVERAGED or test[best] <= 0 or train[best] <= 0:
        return None
    rose, fell = fmean(test[last]) / test[best] - 1, 1 - fmean(train[last]) / train[best]
    if rose < LEAST_CHANGE or fell < LEAST_CHANGE:
        return None
    return ByHeart(measured[best]["step"], measured[best]["seconds"], fell, rose)
