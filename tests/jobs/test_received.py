"""What a browser has learned goes through the queue beside the runs, and is only measured there."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import save as write_tensors

from ae_core import checkpoints
from ae_core.accounts import limits, ownership
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.jobs import access, files, notebooks, states, table, trainer, waits
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.jobs.small_jobs import NoRequests
from tests.people import ANN, BOB

SPEC = RunSpec("ae-2", "digits", seconds=3.0, keep_codes=True, config={"widths": (12, 8)})


def result(images: ImageSet, **asked: Any) -> bytes:
    curve = [[40, 1.3, {"mse": 0.06}, {"mse": 0.07}], [90, 3.0, {"mse": 0.05}, None]]
    said = {"steps": 90, "seconds": 3.01, "curve": curve}
    weights = dict(runs.network(SPEC, images).state_dict())
    spec = {**SPEC.to_dict(), **asked}
    return write_tensors(weights, metadata={"run": json.dumps(said), "spec": json.dumps(spec)})


def outcome(spec: RunSpec) -> tuple[str, str]:
    ours, theirs = multiprocessing.Pipe()
    found = trainer.outcome(spec, "cpu", 60.0, theirs, NoRequests())
    assert json.loads(ours.recv_bytes())["at"]["step"] == 90
    return found


def test_what_a_browser_learned_is_measured_and_is_a_model_of_that_person(
    home: Path, digits: ImageSet
) -> None:
    job = access.submit_learned(ANN, result(digits, title="Mine", name="theirs", bounds=True))
    assert isinstance(job.spec, RunSpec)
    assert job.name != "theirs"
    assert not job.spec.bounds
    course = [(each["step"], each["test"]) for each in access.events(ANN, job.id)]
    assert course == [(40, {"mse": 0.07}), (90, {})]
    assert outcome(job.spec) == (states.FINISHED, "")
    card = checkpoints.card(job.name)
    assert (card.steps, card.title, card.device) == (90, "Mine", "a browser, float32")
    assert not card.repeats
    assert b"with the draws of torch" in notebooks.of(ANN, card)
    assert files.received(job.name) is not None  # until the worker knows that it is over
    assert outcome(job.spec) == (states.FINISHED, "")
    assert files.snapshots(job.name) == [90]
    assert ownership.visible(ANN, [job.name]) == {job.name}
    assert not ownership.visible(BOB, [job.name])


def test_card_says_what_was_changed_on_the_way(home: Path, digits: ImageSet) -> None:
    job = access.submit_learned(ANN, result(digits, changes=["40:rate=0.5"]))
    assert isinstance(job.spec, RunSpec)
    assert outcome(job.spec) == (states.FINISHED, "")
    assert checkpoints.card(job.name).changes == ["0:rate=1.0", "40:rate=0.5"]


def test_a_full_queue_keeps_nothing_of_what_a_browser_sends(home: Path, digits: ImageSet) -> None:
    few = replace(limits.limits(), jobs_waiting=1)
    access.submit(ANN, SPEC, allowed=few)
    before = set((home / "jobs").glob("*"))
    with pytest.raises(UserError):
        access.submit_learned(ANN, result(digits), few)
    assert set((home / "jobs").glob("*")) == before


def test_what_was_learned_waits_for_no_run_but_for_what_is_measured(
    home: Path, digits: ImageSet
) -> None:
    runs_of_others = [access.submit(person, SPEC).id for person in (BOB, ANN)]
    learned = [access.submit_learned(ANN, result(digits)).id for _ in range(2)]
    usual = waits.of_next(BOB.id, 1, waits.lengths())
    turns = [table.claim(1) for _ in range(3)]
    assert [job and job.id for job in turns] == [learned[0], runs_of_others[0], None]
    table.end(learned[0], states.FINISHED)
    assert (job := table.claim(1)) and job.id == learned[1]
    assert usual[0] == 2  # the runs before it; what is only measured is none of them


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"preset": "conv-49", "config": {}}, "no such layers"),
        ({"preset": "none-such"}, "none-such"),
        ({"image_set": "my-others-0123456789abcdef"}, "not here"),
        ({"config": {"widths": (10**6,)}}, "widths"),
        ({"seconds": 1e9}, "seconds"),
        ({"wings": 2}, "wings"),
        ({"changes": ["40:rate=1e9"]}, "The rate can be"),
        ({"changes": ["40:beta=2"]}, "no beta"),
        ({"noise": [1]}, "no result of a run"),
        ({"recipe": {"optimizer": "none"}}, "optimizer"),
    ],
)
def test_what_nobody_may_ask_for_is_refused_in_words(
    home: Path, digits: ImageSet, asked: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UserError) as failure:
        access.submit_learned(ANN, result(digits, **asked))
    assert reason in str(failure.value)
    assert not list((home / "jobs").glob("*"))
