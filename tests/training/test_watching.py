"""The events of a run: how often they come, and what they say."""

from __future__ import annotations

import itertools

import pytest
from torch import Generator

from ae_core.models.base import Batch
from ae_core.types import Pixels
from tests.training.small_runs import ADAM, Clock, Recorded, small, started


def test_events_come_ten_times_a_second_and_at_the_end_of_each_epoch(
    images: Pixels, clock: Clock
) -> None:
    clock.step_seconds = 0.03
    events = list(started(small(), images, ADAM))
    assert [event.step for event in events] == [4, 8, 12, 16]
    clock.step_seconds = 0.06
    events = list(started(small(), images, ADAM))
    assert [event.step for event in events] == [2, 4, 6, 8, 10, 12, 14, 16]
    clock.step_seconds = 0.001
    events = list(started(small(), images, ADAM))
    assert [(event.step, event.epoch_ended) for event in events] == [(8, True), (16, True)]


def test_no_two_events_are_further_apart_than_a_fifth_of_a_second(
    images: Pixels, clock: Clock
) -> None:
    clock.step_seconds = 0.07
    began = clock.now
    times = [began, *(clock.now for _ in started(small(), images, ADAM))]
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 0.2


def test_leaving_the_loop_stops_the_run_at_that_step(images: Pixels, clock: Clock) -> None:
    run = started(small(), images, ADAM)
    event = next(iter(run))
    stopped = clock.now
    assert run.step == event.step == 8 < run.steps
    assert clock.now == stopped


def test_an_event_says_how_the_run_stands(images: Pixels, clock: Clock) -> None:
    run = started(small(), images, ADAM)
    first, last = list(run)
    assert (first.epoch, first.epochs, first.step, first.steps) == (1, 2, 8, 16)
    assert first.seconds == pytest.approx(0.08)
    assert first.seconds_left == pytest.approx(0.08)
    assert first.images_per_second == pytest.approx(800)
    assert (last.epoch, last.step, last.skipped_steps) == (2, 16, 0)
    assert last.seconds_left == 0
    assert list(last.losses) == ["mse"]
    assert run.seconds == pytest.approx(0.16)


def test_the_losses_of_an_event_are_those_of_the_model_as_it_is(images: Pixels) -> None:
    noise = Recorded()
    run = started(small("vae_conv"), images, ADAM, noise=noise, steps=3, seed=5)
    event = list(run)[-1]
    x = noise.batches[-1]  # type: ignore[attr-defined]
    parts = run.model.loss(Batch.of(x, generator=Generator().manual_seed(5)))
    assert event.losses == pytest.approx({name: part.item() for name, part in parts.items()})
    assert list(event.losses) == ["bce", "kl"]
