"""How a run follows what its person wants of it between two steps: other values, slow motion."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from ae_core.jobs.states import Controls
from ae_core.training.loop import Training

LOOKED_SECONDS = 0.01
NEAR = 50
"""Steps that are shown one by one, where some are still to be taken again: it was killed."""

ALIVE_SECONDS = 5.0
"""How often a run that waits says that it is there: the worker kills what is silent."""


class Pacing:
    """Lets a run wait between its steps, as its person wants it, for `most` seconds in all.

    Args:
        training: the run.
        wanted: gives what the person wants by now.
        is_called: whether something else is to be done than to wait.
        alive: says where the run is that waits.
        most: how long it may wait.
    """

    def __init__(
        self,
        training: Training[Any],
        wanted: Callable[[], Controls],
        is_called: Callable[[], bool],
        alive: Callable[[], None],
        *,
        most: float,
    ) -> None:
        self.training, self.wanted, self.is_called = training, wanted, is_called
        self.alive, self.most, self.waited = alive, most, 0.0

    @property
    def is_over(self) -> bool:
        """Whether it has waited for as long as it may."""
        return self.waited > self.most

    def wait(self, since: float) -> None:
        """Wait until the next step is due; `since`, by `perf_counter`, the last one is done."""
        controls = self._follow()
        if controls.pace is None:
            return
        told, before = -math.inf, self.waited
        while True:
            now = time.perf_counter()
            self.waited = before + now - since
            if self._is_due(controls, now - since) or self.is_called() or self.is_over:
                break
            if now - told > ALIVE_SECONDS:  # also at once, as not every event is told
                self.alive()
                told = now
            time.sleep(LOOKED_SECONDS)
            controls = self._follow()
        self.training.waited += now - since

    def _follow(self) -> Controls:
        """Take over what the person has changed."""
        controls, training = self.wanted(), self.training
        is_far = controls.until - training.step > NEAR
        training.each_step = controls.pace is not None and not is_far
        present = training.changes.at(training.step)
        for what, value in controls.values.items():
            if training.step < training.steps and present.get(what, value) != value:
                training.change(what, value)
        return controls

    def _is_due(self, controls: Controls, waited: float) -> bool:
        if controls.pace:
            return waited >= 1 / controls.pace
        return controls.pace is None or self.training.step < controls.until
