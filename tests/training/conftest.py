"""A few digits, an event at each step, and a clock that the steps move."""

from __future__ import annotations

import time

import pytest

from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder
from ae_core.models.base import Batch
from ae_core.training import loop
from ae_core.training.loop import Training
from ae_core.types import Pixels
from tests.training.small_runs import Clock


@pytest.fixture(scope="module")
def images(digits: ImageSet) -> Pixels:
    """62 digits: seven batches of 8 and a last one of 6."""
    return digits.train[:62]


@pytest.fixture
def an_event_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock on which every step takes the same time."""
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", lambda: clock.now)
    advance = Training.advance

    def timed(run: Training[Autoencoder]) -> Batch:
        batch = advance(run)
        clock.now += clock.step_seconds
        return batch

    monkeypatch.setattr(Training, "advance", timed)
    return clock
