"""What a browser has learned goes through the queue like every run, and is only measured there."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import save as write_tensors

from ae_core import checkpoints
from ae_core.accounts import limits, ownership
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.jobs import access, files, states, trainer
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.jobs.small_jobs import NoRequests
from tests.people import ANN, BOB

SPEC = RunSpec("ae-2", "digits", seconds=3.0, keep_codes=True, config={"widths": (12, 8)})


def result(images: ImageSet) -> bytes:
    said = {"steps": 90, "seconds": 3.01, "curve": [[40, {"mse": 0.06}], [90, {"mse": 0.05}]]}
    weights = dict(runs.network(SPEC, images).state_dict())
    return write_tensors(weights, metadata={"run": json.dumps(said)})


def outcome(spec: RunSpec) -> tuple[str, str]:
    ours, theirs = multiprocessing.Pipe()
    found = trainer.outcome(spec, "cpu", 60.0, theirs, NoRequests())
    assert json.loads(ours.recv_bytes())["at"]["step"] == 90
    return found


def test_what_a_browser_learned_is_measured_and_is_a_model_of_that_person(
    home: Path, digits: ImageSet
) -> None:
    job = access.submit(ANN, replace(SPEC, title="Mine"), received=result(digits))
    assert isinstance(job.spec, RunSpec)
    assert outcome(job.spec) == (states.FINISHED, "")
    card = checkpoints.card(job.name)
    assert (card.steps, card.title, card.device) == (90, "Mine", "a browser, float32")
    assert files.received(job.name) is None
    assert files.snapshots(job.name) == [90]
    assert ownership.visible(ANN, [job.name]) == {job.name}
    assert not ownership.visible(BOB, [job.name])


def test_a_full_queue_keeps_nothing_of_what_a_browser_sends(home: Path, digits: ImageSet) -> None:
    few = replace(limits.limits(), jobs_waiting=1)
    access.submit(ANN, SPEC, allowed=few)
    before = set((home / "jobs").glob("*"))
    with pytest.raises(UserError):
        access.submit(ANN, SPEC, allowed=few, received=result(digits))
    assert set((home / "jobs").glob("*")) == before
