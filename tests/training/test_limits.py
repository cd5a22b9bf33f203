"""How long a run goes on: a time or a number of steps, and what is refused."""

from __future__ import annotations

import pytest

from ae_core.errors import UserError
from ae_core.noise import Gaussian
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
