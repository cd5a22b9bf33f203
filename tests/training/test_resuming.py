"""A run that was stopped goes on, and ends in the same bits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ae_core.noise import Gaussian
from ae_core.recipes import Recipe
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.objectives import Reconstruction
from ae_core.types import Pixels
from tests.training.small_runs import (
    ADAM,
    Broken,
    each_network,
    finished,
    same_bits,
    small,
    started,
    stopped_at,
)

EACH_OPTIMISER = [
    ADAM,
    replace(ADAM, optimizer="muon", guard=True),
    replace(ADAM, optimizer="sgd"),
    replace(ADAM, optimizer="sgd", momentum=0.0),
    replace(ADAM, optimizer="rmsprop"),
    replace(ADAM, optimizer="tensorflow-rmsprop"),
]
AUGMENTED = replace(ADAM, shift=3, flip=True)
each_optimiser = pytest.mark.parametrize(
    "recipe", EACH_OPTIMISER, ids=lambda recipe: f"{recipe.optimizer}-{recipe.momentum:g}"
)


@each_optimiser
@each_network
@pytest.mark.parametrize("step", [1, 5, 8, 11])
@pytest.mark.usefixtures("an_event_each_step")
@pytest.mark.one_in(3)
def test_a_stopped_and_resumed_run_ends_in_the_same_bits(
    recipe: Recipe, family: str, step: int, images: Pixels
) -> None:
    noise = Gaussian(mean=0.1, std=0.3)
    undisturbed = finished(started(small(family), images, recipe, seed=3, noise=noise))
    state = stopped_at(started(small(family), images, recipe, seed=3, noise=noise), step)
    resumed = started(small(family), images, recipe, seed=3, noise=noise)
    resumed.restore(state)
    assert resumed.step == step
    assert same_bits(finished(resumed), undisturbed)


@pytest.mark.parametrize("step", [1, 8])
@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_on_moved_and_mirrored_images_resumes_in_the_same_bits(
    step: int, images: Pixels
) -> None:
    noise = Gaussian(mean=0.1, std=0.3)
    undisturbed = finished(started(small(), images, AUGMENTED, noise=noise))
    state = stopped_at(started(small(), images, AUGMENTED, noise=noise), step)
    resumed = started(small(), images, AUGMENTED, noise=noise)
    resumed.restore(state)
    assert same_bits(finished(resumed), undisturbed)
    assert not same_bits(finished(started(small(), images, ADAM, noise=noise)), undisturbed)


@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_in_bfloat16_resumes_in_the_same_bits_wherever_it_started(images: Pixels) -> None:
    recipe = replace(ADAM, epochs=1)
    short = Arithmetic("bfloat16", "channels_last")
    expected = finished(started(small("vae_conv"), images, recipe, arithmetic=short))
    state = stopped_at(started(small("vae_conv"), images, recipe, arithmetic=short), 3)
    resumed = started(small("vae_conv"), images, recipe)
    resumed.restore(state)
    assert resumed.arithmetic == short
    assert same_bits(finished(resumed), expected)
    plain = finished(started(small("vae_conv"), images, recipe))
    assert not same_bits(plain, expected)


@each_optimiser
@pytest.mark.usefixtures("an_event_each_step")
def test_a_state_stays_as_it_was_taken_while_the_run_goes_on(
    recipe: Recipe, images: Pixels
) -> None:
    run = started(small(), images, recipe)
    next(events := iter(run))
    state = run.state()
    copied = {name: value.clone() for name, value in state.items()}
    for _ in events:
        pass
    assert same_bits(state, copied)


@each_optimiser
@pytest.mark.usefixtures("an_event_each_step")
def test_two_runs_can_go_on_from_one_state(recipe: Recipe, images: Pixels) -> None:
    run = started(small(), images, recipe)
    next(iter(run))
    state = run.state()
    ends = []
    for _ in range(2):
        resumed = started(small(), images, recipe)
        resumed.restore(state)
        ends.append(finished(resumed))
    assert same_bits(*ends)


@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_goes_on_where_its_watcher_left_it(images: Pixels) -> None:
    expected = finished(started(small(), images, ADAM))
    run = started(small(), images, ADAM)
    for step in (1, 6, 8, 13):
        stopped_at(run, step)
    assert same_bits(finished(run), expected)


@pytest.mark.usefixtures("an_event_each_step")
def test_steps_passed_over_are_remembered_when_a_run_resumes(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reconstruction, "losses", lambda *_: {})
    recipe = replace(ADAM, guard=True, epochs=1)
    state = stopped_at(started(small(), images, recipe, noise=Broken(1, 2)), 2)
    resumed = started(small(), images, recipe)
    resumed.restore(state)
    assert list(resumed)[-1].skipped_steps == 2
