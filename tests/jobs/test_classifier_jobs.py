"""A classifier as a job: the same queue, limits, requests and ownership as an autoencoder."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
import torch

from ae_core import checkpoints, classifiers
from ae_core.accounts import ownership
from ae_core.accounts.limits import Limits
from ae_core.classifiers import runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.jobs import access, files, notebooks, results, states, table, trainer
from ae_core.jobs.job import OTHER_VERSION, Job
from ae_core.storage.json_cards import NAME
from ae_core.training import loop
from tests.jobs.small_jobs import NoRequests
from tests.jobs.test_other_versions import written
from tests.people import ANN, BOB, TEACHER

SPEC = ClassifierSpec(
    checkpoint="tiny", image_set="digits", labels=200, steps=40, title="Mine", threads=1,
    precision="float32", memory_format="contiguous", learning_rate=0.01,
)  # fmt: skip


class Asks(trainer.Requests):
    """A worker that asks for one thing, all the time."""

    def __init__(self, request: str) -> None:
        self.latest = request


@pytest.fixture
def job(tiny: str) -> Job:
    return access.submit(ANN, SPEC)


def carried_out(job: Job, requests: trainer.Requests | None = None) -> tuple[str, str]:
    pipes = multiprocessing.Pipe()
    return trainer.outcome(job.spec, "cpu", 60.0, pipes[1], requests or NoRequests())


def weights(name: str) -> dict[str, torch.Tensor]:
    return classifiers.load(name).classifier.state_dict()


def by_hand(spec: ClassifierSpec) -> dict[str, torch.Tensor]:
    """The weights that the command line's `classify` gives."""
    run = runs.start(replace(spec, name="by-hand"), on="cpu")
    for _ in runs.watch(run):
        pass
    return weights(runs.finish(run).name)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_it_is_claimed_in_turn_as_what_was_asked_for(job: Job) -> None:
    claimed = table.claim(1)
    assert claimed and claimed.id == job.id
    assert claimed.is_readable
    assert claimed.spec == replace(SPEC, name=job.name)


def test_it_ends_as_a_classifier_of_its_owner_and_in_the_bits_of_the_command_line(
    job: Job,
) -> None:
    assert carried_out(job) == (states.FINISHED, "")
    results.settle(job, states.FINISHED)
    card = classifiers.card(job.name)
    assert (card.title, card.started_from, card.labels) == ("Mine", "tiny", 200)
    assert same(weights(job.name), by_hand(SPEC))
    mine = ownership.get(TEACHER, job.name)
    assert mine and mine.owner == "ann"
    assert mine.bytes == files.size(job.name) + files.size_of(classifiers.find(job.name))
    assert ownership.visible(BOB, [job.name]) == set()
    assert files.kept_state(job.name) is None


def test_loss_and_accuracy_are_reported_on_test_images_with_what_is_read_of_some(
    job: Job,
) -> None:
    ours, theirs = multiprocessing.Pipe()
    trainer.trained(trainer.begun(job.spec, "cpu"), 60.0, theirs, NoRequests())
    theirs.close()
    heard = []
    while ours.poll():
        heard.append(json.loads(ours.recv_bytes()))
        if heard[-1]["at"]["step"] == SPEC.steps:
            break
    last = heard[-1]["event"]
    assert last["train"].keys() == last["test"].keys() == {"cross_entropy", "error"}
    card = classifiers.card(job.name)  # the same 360 images, there in shorter weights perhaps
    assert last["test"]["error"] == pytest.approx(1 - card.metrics["accuracy"], abs=0.01)
    assert heard[-1]["at"]["seconds_left"] == 0
    shown = files.snapshot(job.name, 40)
    assert shown is not None
    assert len(shown["before"]) == len(shown["labels"]) == len(shown["taken"]) == 20
    assert sorted(set(shown["labels"][:10].tolist())) == list(range(10))
    assert float(shown["confidence"].min()) > 0.1


def test_stopped_it_keeps_what_it_has_learned(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = trainer.begun(job.spec, "cpu")
    list(islice(run.training, 5))
    files.keep_state(job.name, run.training.state())
    assert carried_out(job, Asks(states.STOP))[0] == states.FINISHED
    card = classifiers.card(job.name)
    assert (card.steps, card.planned_steps) == (5, 40)


def test_killed_and_resumed_it_ends_in_the_same_bits(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    first = trainer.begun(job.spec, "cpu")
    list(islice(first.training, 17))
    files.keep_state(job.name, first.training.state())
    again = trainer.begun(job.spec, "cpu")
    assert again.training.step == 17
    assert carried_out(job)[0] == states.FINISHED
    assert same(weights(job.name), by_hand(SPEC))


@pytest.mark.parametrize("request_", [states.PAUSE, states.DISCARD])
def test_paused_it_can_go_on_and_discarded_it_leaves_nothing(
    job: Job, request_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    state = carried_out(job, Asks(request_))[0]
    assert state == {states.PAUSE: states.PAUSED, states.DISCARD: states.DISCARDED}[request_]
    assert (files.kept_state(job.name) is not None) == (request_ == states.PAUSE)
    with pytest.raises(UserError, match="There is no classifier"):
        classifiers.find(job.name)


def test_it_is_renamed_and_deleted_as_a_model_is(job: Job) -> None:
    carried_out(job)
    access.rename(ANN, job.name, "Better")
    assert classifiers.card(job.name).title == "Better"
    results.delete(job.name)
    assert job.name not in [card.name for card in classifiers.available()[0]]
    assert ownership.get(TEACHER, job.name) is None
    assert not files.folder(job.name).exists()
    assert checkpoints.load("tiny").card.name == "tiny"


def test_one_that_failed_with_its_weights_kept_stays_its_owners(job: Job) -> None:
    carried_out(job)
    results.discard_failed(job)
    assert ownership.get(TEACHER, job.name)
    assert classifiers.card(job.name).name == job.name


def test_encoder_that_is_gone_when_its_turn_comes_is_named_in_a_sentence(job: Job) -> None:
    checkpoints.delete("tiny")
    state, message = carried_out(job)
    assert state == states.FAILED
    assert message.startswith("There is no checkpoint 'tiny'.")


@pytest.mark.parametrize(
    ("changes", "limit", "named"),
    [
        ({"steps": None, "seconds": 9.0}, {"train_seconds": 5}, "train_seconds"),
        ({}, {"checkpoints_kept": 1}, "checkpoints_kept"),
        ({}, {"jobs_waiting": 1}, "jobs_waiting"),
    ],
)
def test_limits_are_those_of_every_run(
    job: Job, changes: dict[str, Any], limit: dict[str, int], named: str
) -> None:
    with pytest.raises(UserError, match=f"`{named}` in limits.toml"):
        access.submit(ANN, replace(SPEC, **changes), allowed=replace(Limits(), **limit))


def test_one_of_another_version_is_told_apart_from_what_can_be_read(job: Job) -> None:
    foreign = written(job, json.dumps({**job.spec.to_dict(), "momentum": 0.9}))
    assert not foreign.is_readable
    assert table.claim(1) is None
    assert table.get(job.id).message == OTHER_VERSION


def test_notebook_asks_for_the_same_classifier(job: Job) -> None:
    carried_out(job)
    card = classifiers.card(job.name)
    spec = ClassifierSpec.from_dict(notebooks.spec_of(card))
    assert replace(spec, name="", title="") == replace(SPEC, name="", title="")
    assert NAME.fullmatch(spec.kept_name)
    cells = json.loads(notebooks.of(ANN, card))["cells"]
    assert "from ae_core.classifiers.runs import ClassifierSpec" in cells[1]["source"]
    compile(cells[1]["source"], "the notebook", "exec")
