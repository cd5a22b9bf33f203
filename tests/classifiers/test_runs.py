"""How a classifier is trained, and which images it refuses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ae_core import checkpoints, image_sets
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.objective import Recognition
from ae_core.classifiers.recipe import ClassifierRecipe
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.training import loop, runs, stopped
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import DivergedError, Training
from tests.classifiers.small_runs import folder_of, kept, same, started, trained, weights


def test_a_classifier_learns(tiny: str) -> None:
    assert kept(steps=150, learning_rate=0.01).metrics["accuracy"] > 0.6


def test_the_same_seed_gives_the_same_bits(tiny: str) -> None:
    options: dict[str, Any] = {"labels": 50, "shift": 1, "batch_size": 20}
    first = weights(trained(seed=3, **options))
    assert same(first, weights(trained(seed=3, **options)))
    assert not same(first, weights(trained(seed=4, **options)), "head")


def test_a_frozen_encoder_stays_as_it_is_and_the_head_learns(tiny: str) -> None:
    run = started(frozen=True)
    before = weights(run)
    for _ in run.training:
        pass
    assert same(before, weights(run), "model")
    assert not same(before, weights(run), "head")
    assert not same(before, weights(trained()), "model")


def test_from_scratch_is_the_same_network_with_other_weights(tiny: str) -> None:
    pretrained, scratch = weights(started()), weights(started(scratch=True))
    encoder = checkpoints.load(tiny).model.state_dict()
    assert torch.equal(pretrained["model.encoder.0.weight"], encoder["encoder.0.weight"])
    assert {k: v.shape for k, v in pretrained.items()} == {k: v.shape for k, v in scratch.items()}
    assert not same(pretrained, scratch, "model")
    assert same(pretrained, scratch, "head")
    assert same(scratch, weights(started(scratch=True)))
    assert not same(scratch, weights(started(scratch=True, seed=1)), "model")


def test_the_checkpoint_itself_is_not_changed(tiny: str) -> None:
    before = (folder_of(tiny) / "weights.safetensors").read_bytes()
    kept()
    assert (folder_of(tiny) / "weights.safetensors").read_bytes() == before


def test_the_encoder_learns_at_its_share_of_the_heads_rate(tiny: str) -> None:
    run = started(learning_rate=0.004, encoder_rate=0.25, steps=40)
    list(zip(run.training, range(1), strict=False))
    assert run.training.optimiser.full_rates == [0.004, 0.001]


def test_events_come_while_it_trains_and_leaving_the_loop_stops_it(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = started(labels=50, batch_size=20, steps=9)
    seen = []
    for event in run.training:
        seen.append(event)
        if event.step == 4:
            break
    assert [event.step for event in seen] == [1, 2, 3, 4]
    assert [event.epoch for event in seen] == [1, 1, 1, 2]
    assert [event.epoch_ended for event in seen] == [False, False, True, False]
    assert set(seen[0].losses) == {"cross_entropy", "error"}
    assert seen[0].losses["cross_entropy"] > 0
    card = classifier_runs.finish(run)
    assert (card.steps, card.planned_steps) == (4, 9)


def test_a_run_that_was_left_goes_on_to_the_same_bits(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = started(labels=50, batch_size=20, steps=9)
    for event in run.training:
        if event.step == 4:
            break
    for _ in run.training:
        pass
    assert same(weights(run), weights(trained(labels=50, batch_size=20, steps=9)))


@pytest.mark.parametrize("changes", [{"shift": 2}, {"frozen": True}], ids=str)
def test_a_stopped_and_resumed_run_ends_in_the_same_bits(
    tiny: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    options = {"labels": 50, "batch_size": 20, "steps": 9, **changes}
    undisturbed = weights(trained(**options))
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = started(**options)
    list(itertools.islice(runs.watch(run), 4))
    stopped.keep(run)
    resumed = started(**options)
    stopped.resume(resumed)
    assert resumed.training.step == run.training.step == 4
    for _ in resumed.training:
        pass
    assert same(weights(resumed), undisturbed)


def test_tensorboard_is_given_the_losses_of_a_classifier(tiny: str, home: Path) -> None:
    run = started(name="reader")
    list(runs.watch(run))
    (folder,) = (home / "runs" / "reader").iterdir()
    found = EventAccumulator(str(folder)).Reload()
    for name in ("cross_entropy", "error"):
        (last,) = found.Scalars(f"loss/{name}")
        assert last.step == 12
        assert last.value == pytest.approx(run.events[-1].losses[name])
    assert found.Scalars("loss/total")[0].value == found.Scalars("loss/cross_entropy")[0].value
    assert [tag.partition("/")[0] for tag in found.Tags()["images"]] == ["original"] * 10


def test_a_time_limit_becomes_a_plan_that_gives_the_same_bits(tiny: str) -> None:
    limited = started(steps=None, seconds=0.5, labels=50, shift=1)
    for _ in limited.training:
        pass
    assert limited.training.step == limited.training.steps >= 1
    plan = limited.training.plan.counts
    assert same(weights(limited), weights(trained(steps=None, plan=plan, labels=50, shift=1)))


def test_more_labels_are_given_more_steps(tiny: str) -> None:
    few, many = started(steps=None, labels=10), started(steps=None)
    assert 200 < few.training.steps < many.training.steps


def test_a_loss_of_nan_is_said_in_a_sentence(tiny: str) -> None:
    run = started()
    with torch.no_grad():
        next(iter(run.training.model.head.parameters())).fill_(float("nan"))
    with pytest.raises(DivergedError, match=r"became NaN .* smaller learning rate\."):
        for _ in run.training:
            pass


def test_images_of_another_size_are_refused(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    black = torch.zeros(20, 3, 32, 32, dtype=torch.uint8)
    some = torch.arange(20) % 10
    colour = replace(
        image_sets.select("digits"), train=black, train_labels=some, test=black, test_labels=some
    )
    monkeypatch.setattr(image_sets, "select", lambda name, hold_out: colour)
    with pytest.raises(UserError, match="are 3 x 32 x 32, and the encoder takes 1 x 28 x 28"):
        started()


def cut(images: ImageSet, train: int, test: int, **changes: Any) -> ImageSet:
    return replace(
        images,
        train=images.train[:train],
        train_labels=images.train_labels[:train],
        test=images.test[:test],
        test_labels=images.test_labels[:test],
        **changes,
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda images: replace(images, classes=("image",)), "have no labels. Choose another set"),
        (
            lambda images: replace(images, train_labels=torch.zeros_like(images.train_labels)),
            "are of one class, .* Choose a set of two classes or more",
        ),
        (lambda images: cut(images, 15, 4), "has 19 images, and a classifier needs 20 or more"),
    ],
)
def test_images_from_which_nothing_can_be_learned_are_refused(
    tiny: str,
    digits: ImageSet,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[ImageSet], ImageSet],
    sentence: str,
) -> None:
    monkeypatch.setattr(image_sets, "select", lambda name, hold_out: spoil(digits))
    with pytest.raises(UserError, match=sentence):
        started()


def test_twenty_images_are_enough(
    tiny: str, digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_sets, "select", lambda name, hold_out: cut(digits, 16, 4))
    assert kept(steps=2).labels == 16


def test_a_training_can_be_told_its_arithmetic_or_finds_the_fastest(
    tiny: str, digits: ImageSet
) -> None:
    classifier = Classifier(checkpoints.load(tiny).model, 10)
    objective = Recognition(
        classifier,
        digits.train,
        digits.train_labels,
        ClassifierRecipe(threads=1),
        labelled=torch.arange(100),
    )
    found = Training(objective).prepare().arithmetic
    assert (found.threads, found.memory_format) == (1, "contiguous")
    told = Arithmetic("bfloat16", "channels_last", 2)
    assert Training(objective).prepare(arithmetic=told).arithmetic == told
