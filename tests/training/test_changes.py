"""A run that is changed on its way: by which values, and that it can be repeated to the bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from torch import Tensor

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.jobs import notebooks
from ae_core.models import Autoencoder
from ae_core.noise import Gaussian
from ae_core.training import runs
from ae_core.training.loop import Training
from ae_core.training.on_the_way import changes
from ae_core.training.runs import RunSpec
from ae_core.types import Pixels
from tests.training.small_runs import ADAM, Clock, finished, same_bits, small, started, stopped_at

MUON = replace(ADAM, optimizer="muon", guard=True)
NOISE = Gaussian(mean=0.0, std=0.3)
CHANGED = {4: ("rate", 0.25), 7: ("noise", 0.1), 9: ("rate", 2.0), 11: ("beta", 4.0)}

pytestmark = pytest.mark.usefixtures("an_event_each_step")


def noisy_vae(images: Pixels) -> Training[Autoencoder]:
    return started(small("vae_conv"), images, MUON, noise=NOISE)


def watched(run: Training[Autoencoder]) -> dict[str, Tensor]:
    """The weights at the end of a run whose watcher changes it on its way."""
    for event in run:
        if event.step in CHANGED:
            run.change(*CHANGED[event.step])
    return run.model.state_dict()


def test_a_run_that_was_changed_is_repeated_to_the_same_bits_by_what_was_recorded(
    images: Pixels,
) -> None:
    run = noisy_vae(images)
    weights = watched(run)
    assert run.changes.texts == (
        "0:beta=1.0", "0:noise=0.3", "0:rate=1.0", "4:rate=0.25", "7:noise=0.1", "9:rate=2.0",
        "11:beta=4.0",
    )  # fmt: skip
    again = noisy_vae(images)
    again.changes.made = changes.read(run.changes.texts)
    assert same_bits(finished(again), weights)
    assert not same_bits(finished(noisy_vae(images)), weights)


@pytest.mark.parametrize("step", [4, 8, 13])
def test_a_changed_run_that_was_stopped_keeps_its_changes_and_ends_in_the_same_bits(
    step: int, images: Pixels
) -> None:
    run = noisy_vae(images)
    weights = watched(run)
    begun = noisy_vae(images)
    begun.changes.made = changes.read(run.changes.texts)
    resumed = noisy_vae(images)
    resumed.restore(stopped_at(begun, step))
    assert resumed.changes.texts == run.changes.texts
    assert same_bits(finished(resumed), weights)


def test_the_card_of_a_changed_run_has_a_command_and_a_notebook_that_repeat_it(home: Path) -> None:
    recipe = {"threads": 1, "precision": "float32", "batch_size": 64}
    spec = RunSpec("vae-2", "digits", steps=12, recipe=recipe, noise=NOISE)
    run = runs.start(spec, on="cpu")
    for event in runs.watch(run):
        if event.step in CHANGED:
            run.training.change(*CHANGED[event.step])
    card = runs.finish(run)
    assert "--changes 0:beta=1.0,0:noise=0.3,0:rate=1.0,4:rate=0.25" in card.command
    assert (card.config["beta"], card.noise) == (4.0, {"kind": "gaussian", "mean": 0.0, "std": 0.1})
    first = checkpoints.load(card.name).model.state_dict()
    for again in (
        replace(spec, changes=tuple(card.changes), name="by-command"),
        RunSpec.from_dict(notebooks.spec_of(card)),
    ):
        run = runs.start(again, on="cpu")
        for _ in runs.watch(run):
            pass
        repeated = runs.finish(run)
        assert (repeated.changes, repeated.config) == (card.changes, card.config)
        assert same_bits(checkpoints.load(repeated.name).model.state_dict(), first)


def test_the_rate_is_a_share_of_the_recipes_whatever_the_schedule(images: Pixels) -> None:
    changed, usual = (started(small(), images, MUON, steps=9) for _ in range(2))
    changed.change("rate", 0.5)
    for _ in range(9):
        changed.advance()
        usual.advance()
        rates = [[group["lr"] for group in run.optimiser.groups] for run in (changed, usual)]
        assert rates[0] == [0.5 * rate for rate in rates[1]]


@pytest.mark.parametrize(
    ("what", "value", "said"),
    [
        ("rate", 25.1, "can be 2.5e-05 to 25 times that of the recipe, and not 25.1"),
        ("rate", float("nan"), "can be"),
        ("noise", 1.5, "noise is 1.5; it can be 0 to 1"),
        ("beta", -1.0, "beta is -1.0; it can be 0 to 100"),
        ("batch", 3.0, "no batch that could be changed"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    what: str, value: float, said: str, images: Pixels
) -> None:
    recipe = replace(MUON, muon_learning_rate=0.04, learning_rate=0.04)
    run = started(small("vae_conv"), images, recipe, noise=NOISE)
    with pytest.raises(UserError, match=said):
        run.change(what, value)
    assert run.changes.texts == ()
    with pytest.raises(UserError, match="has no noise that could be changed"):
        started(small(), images, MUON).change("noise", 0.5)


@pytest.mark.parametrize("text", ["", "beta=4", "5:beta", "x:beta=4", "-1:rate=1", "5:width=3"])
def test_a_text_that_is_no_change_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UserError, match="is no change of a run"):
        changes.read([text])


def test_a_run_that_breaks_forgets_the_changes_since_its_last_good_weights(images: Pixels) -> None:
    run = started(small(), images, replace(ADAM, optimizer="sgd", learning_rate=0.01))
    good = run.state()
    run.change("rate", 100.0)
    run.advance()
    assert run.optimiser.share == 100
    run.restore(good)
    assert (run.changes.texts, run.optimiser.share) == ((), 1.0)


def test_what_a_run_waits_is_no_time_of_training(images: Pixels, clock: Clock) -> None:
    run = started(small(), images, ADAM, steps=20)
    run.each_step = True
    events = []
    for event in run:
        events.append(event)
        clock.now += 2.0
        run.waited += 2.0
    assert [event.step for event in events] == list(range(1, 21))
    assert run.seconds == pytest.approx(0.2)
    assert events[10].seconds_left == pytest.approx(0.09)


@pytest.mark.long
def test_the_notebook_of_a_run_whose_steps_were_counted_again_repeats_it_too(
    home: Path, clock: Clock
) -> None:
    clock.step_seconds = 0.05
    recipe = {"threads": 1, "precision": "float32", "batch_size": 64}
    run = runs.start(RunSpec("ae-2", "digits", seconds=3.0, recipe=recipe), on="cpu")
    for _ in runs.watch(run):
        clock.step_seconds = 0.02
    card = runs.finish(run)
    assert len(card.plan) > 1
    again = runs.start(RunSpec.from_dict(notebooks.spec_of(card)), on="cpu")
    for _ in runs.watch(again):
        pass
    first, second = (checkpoints.load(each.name).model for each in (card, runs.finish(again)))
    assert same_bits(first.state_dict(), second.state_dict())
