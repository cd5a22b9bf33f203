"""Runs that explode, and the guard that passes over broken steps."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from ae_core.errors import UserError
from ae_core.training import loop
from ae_core.training.loop import DivergedError
from ae_core.types import Pixels
from tests.training.small_runs import ADAM, Broken, finished, loss_of, same_bits, small, started


@pytest.mark.usefixtures("an_event_each_step")
def test_a_learning_rate_that_explodes_ends_in_a_sentence_that_names_the_step(
    images: Pixels,
) -> None:
    recipe = replace(ADAM, optimizer="sgd", learning_rate=1.0, momentum=0.99, epochs=50)
    run = started(small("vae_conv"), images, recipe)
    with pytest.raises(UserError, match="smaller learning rate") as refused:
        finished(run)
    named = re.search(
        r"became NaN or infinite at step (\d+) \(.*is nan.*\); .* step (\d+)\.", str(refused.value)
    )
    assert named
    assert int(named[2]) == run.step < int(named[1]) < run.steps


@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_that_explodes_goes_back_to_its_last_good_weights(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "GOOD_SECONDS", 0)
    run = started(small(), images, replace(ADAM, epochs=1), noise=Broken(3))
    states: list[dict[str, Tensor]] = []
    with pytest.raises(DivergedError) as refused:
        states.extend(copy.deepcopy(run.model.state_dict()) for _ in run)
    assert refused.value.step == run.step == len(states) > 0
    assert same_bits(run.model.state_dict(), states[-1])


def test_the_guard_passes_over_broken_steps_and_counts_them(images: Pixels) -> None:
    recipe = replace(ADAM, guard=True, epochs=1)
    run = started(small(), images, recipe, noise=Broken(1, 4, 6))
    events = list(run)
    assert events[-1].skipped_steps == run.skipped_steps == 3
    assert all(bool(weight.isfinite().all()) for weight in run.model.state_dict().values())
    assert loss_of(run.model, images) < loss_of(small(), images)


def test_without_the_guard_a_broken_step_ends_the_run(images: Pixels) -> None:
    with pytest.raises(UserError, match="with the guard on"):
        finished(started(small(), images, replace(ADAM, epochs=1), noise=Broken(2)))


def test_the_guard_clips_a_gradient_at_twice_its_usual_length(images: Pixels) -> None:
    run = started(small(), images, replace(ADAM, guard=True))
    weights = list(run.model.parameters())

    def guarded(length: float) -> float:
        for weight in weights:
            weight.grad = torch.zeros_like(weight)
        assert weights[0].grad is not None
        weights[0].grad[0, 0] = length
        assert run.optimiser.clipping.accepts()
        return weights[0].grad[0, 0].item()

    assert guarded(1.0) == 1
    assert guarded(1.5) == 1.5
    usual = run.optimiser.clipping.usual_norm
    assert usual == pytest.approx(1.025)
    assert guarded(1e6) == pytest.approx(2 * usual)
    assert run.optimiser.clipping.usual_norm == pytest.approx(1.05 * usual)
