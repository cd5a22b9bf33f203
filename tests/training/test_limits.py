"""How long a run goes on: a time or a number of steps, and what is refused."""

from __future__ import annotations

import pytest
import torch

from ae_core.errors import UserError
from ae_core.models import Autoencoder
from ae_core.noise import Gaussian
from ae_core.training.loop import Event, Training
from ae_core.training.on_the_way.plans import Plan
from ae_core.types import Pixels
from tests.training.small_runs import ADAM, Clock, finished, same_bits, small, started


def test_a_time_limit_becomes_a_number_of_steps_before_the_start(
    images: Pixels, clock: Clock
) -> None:
    run = started(small(), images, ADAM, seconds=2.0)
    assert run.steps == pytest.approx(169, abs=1)  # 2 s less the 0.3 s of timing
    began = clock.now
    events = list(run)
    assert clock.now - began == pytest.approx(1.69, abs=0.02)
    assert events[-1].step == events[0].steps == run.steps


def test_timing_the_steps_takes_a_fifth_of_the_time_at_most(images: Pixels, clock: Clock) -> None:
    clock.step_seconds = 0.05
    began = clock.now
    run = started(small(), images, ADAM, seconds=1.0)
    assert clock.now - began == pytest.approx(0.25)  # the step that passes 0.2 s is the last
    assert run.steps == pytest.approx((1.0 - 0.25) / 0.05, abs=1)


def test_however_short_the_time_there_is_a_step(images: Pixels, clock: Clock) -> None:
    clock.step_seconds = 5.0
    run = started(small(), images, ADAM, seconds=0.1)
    assert list(run)[-1].step == run.steps == 1


def test_a_time_limit_is_kept_within_reason_on_a_real_clock(images: Pixels) -> None:
    run = started(small(), images, ADAM, seconds=0.5)
    finished(run)
    assert 0.05 < run.seconds < 5


def test_timing_the_steps_leaves_no_trace_in_the_result(images: Pixels, clock: Clock) -> None:
    noise = Gaussian(mean=0.0, std=0.1)
    timed = started(small(), images, ADAM, seconds=1.0, noise=noise)
    counted = started(small(), images, ADAM, steps=timed.steps, noise=noise)
    assert same_bits(finished(timed), finished(counted))


def test_a_number_of_steps_replaces_the_epochs(images: Pixels) -> None:
    run = started(small(), images, ADAM, steps=11)
    events = list(run)
    assert (events[-1].step, events[-1].epochs, events[-1].epoch_ended) == (11, 2, True)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(seconds: float, images: Pixels) -> None:
    with pytest.raises(UserError, match=rf"^seconds is {seconds}; it can be 0\.1 to "):
        started(small(), images, ADAM, seconds=seconds)


@pytest.mark.parametrize("steps", [0, -5])
def test_a_number_of_steps_below_one_is_refused(steps: int, images: Pixels) -> None:
    with pytest.raises(UserError, match=f"^steps is {steps}; it can be 1 to "):
        started(small(), images, ADAM, steps=steps)


@pytest.mark.parametrize("seed", [-1, 2**32, 10**30])
def test_a_seed_that_torch_cannot_take_is_refused(seed: int, images: Pixels) -> None:
    with pytest.raises(UserError, match=rf"^seed is {seed}; it can be 0 to 4294967295\."):
        started(small(), images, ADAM, seed=seed)


def test_the_largest_seed_is_as_good_as_any(images: Pixels) -> None:
    run = started(small(), images, ADAM, seed=2**32 - 1, steps=9)
    assert list(run)[-1].step == 9


def seconds_asked(run: Training[Autoencoder]) -> float:
    assert run.deadline
    return run.deadline.seconds


class Slower:
    """A step that takes another time from some step on."""

    def __init__(self, clock: Clock, at: int, seconds: float) -> None:
        self.clock, self.at, self.seconds = clock, at, seconds

    def follow(self, run: Training[Autoencoder]) -> list[Event]:
        found = []
        for event in run:
            found.append(event)
            if event.step >= self.at:
                self.clock.step_seconds = self.seconds
        return found


@pytest.mark.parametrize("slower", [0.1, 0.02, 0.005, 0.002])
@pytest.mark.parametrize("at", [10, 150])
def test_a_run_takes_the_time_that_it_was_asked_for_on_a_machine_that_changes(
    images: Pixels, clock: Clock, at: int, slower: float
) -> None:
    clock.step_seconds = 0.02
    run = started(small(), images, ADAM, seconds=5.0)
    events = Slower(clock, at, slower).follow(run)
    assert events[-1].step == events[-1].steps == run.steps
    assert run.seconds == pytest.approx(seconds_asked(run), abs=0.25)
    assert [group["lr"] for group in run.optimiser.groups] == [0.0]
    assert len(run.plan.counts) < 40


def test_a_run_that_was_corrected_repeats_to_the_same_bits_by_its_plan(
    images: Pixels, clock: Clock
) -> None:
    clock.step_seconds = 0.02
    run = started(small(), images, ADAM, seconds=2.0)
    Slower(clock, 30, 0.05).follow(run)
    assert len(run.plan.counts) > 1
    again = started(small(), images, ADAM, plan=run.plan.counts)
    assert same_bits(run.model.state_dict(), finished(again))


def test_a_corrected_run_goes_on_by_its_plan_and_keeps_its_time(
    images: Pixels, clock: Clock
) -> None:
    clock.step_seconds = 0.02
    run = started(small(), images, ADAM, seconds=2.0)
    clock.step_seconds = 0.05
    for event in run:
        if event.seconds > 1:
            break
    resumed = started(small(), images, ADAM, seconds=2.0)
    resumed.restore(run.state())
    assert resumed.plan.counts == run.plan.counts
    finished(resumed)
    assert resumed.seconds == pytest.approx(seconds_asked(resumed), abs=0.15)
    assert resumed.plan.counts[: len(run.plan.counts)] == run.plan.counts


def test_a_state_from_before_there_were_plans_is_gone_on_from(images: Pixels) -> None:
    run = started(small(), images, ADAM, steps=11)
    state = run.state()
    del state["run.plan"]
    resumed = started(small(), images, ADAM)
    resumed.restore({**state, "run.steps": torch.tensor(11.0)})
    assert resumed.steps == 11
    assert same_bits(finished(resumed), finished(run))


def test_the_time_left_follows_the_pace_of_the_last_second(images: Pixels, clock: Clock) -> None:
    clock.step_seconds = 0.01
    run = started(small(), images, ADAM, steps=1000)
    for event in run:
        if event.step >= 500:
            clock.step_seconds = 0.05
        if event.seconds > 8:
            break
    assert event.seconds_left == pytest.approx(0.05 * (1000 - event.step), rel=0.05)


def test_a_schedule_is_stretched_over_what_is_left() -> None:
    plan = Plan((100,))
    assert [plan.place(step) for step in (0, 50, 100)] == [0.0, 50.0, 100.0]
    plan.correct(50, 150)
    assert [plan.place(step) for step in (50, 100, 150)] == [50.0, 75.0, 100.0]
    plan.correct(100, 110)
    assert [plan.place(step) for step in (75, 100, 105, 110)] == [62.5, 75.0, 87.5, 100.0]
    assert Plan(plan.counts).place(105) == 87.5


@pytest.mark.parametrize("counts", [(0,), (10, 5), (10, 5, 5), (10, 8, 12, 5, 20)])
def test_a_plan_that_cannot_be_is_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(UserError):
        Plan(counts)
