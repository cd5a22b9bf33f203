"""The trainer alone, without a worker: what ends a run early, what is kept, and in which words."""

from __future__ import annotations

import json
import math
import multiprocessing
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ae_core import checkpoints
from ae_core.evaluation import metrics
from ae_core.jobs import access, files, kinds, states, trainer
from ae_core.jobs.under_way import record
from ae_core.models import Autoencoder, Batch, batches
from ae_core.training import learning_by_heart
from ae_core.training.objectives import Reconstruction
from tests.conftest import ROOT
from tests.jobs.small_jobs import SPEC, NoRequests
from tests.people import ANN


def test_run_whose_loss_breaks_keeps_its_last_good_weights(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.training.loop.GOOD_SECONDS", 0)
    monkeypatch.setattr("ae_core.training.loop.EVENT_SECONDS", 0)
    job = access.submit(ANN, SPEC)
    run = trainer.begun(job.spec, "cpu")
    advance = run.training.advance

    def breaks_at_20() -> Batch:
        batch = advance()
        if run.training.step == 20:
            with torch.no_grad():
                next(run.training.model.parameters()).fill_(math.nan)
        return batch

    monkeypatch.setattr(run.training, "advance", breaks_at_20)
    ours, theirs = multiprocessing.Pipe()
    state, message = trainer.trained(run, 60.0, theirs, NoRequests())
    assert state == states.FINISHED
    assert "became NaN or infinite" in message
    assert "These weights are kept" in message
    assert 0 < checkpoints.card(job.name).steps <= 20
    assert json.loads(ours.recv_bytes())["event"]["step"] >= 1


def test_few_images_are_measured_with_the_test_images_and_learned_by_heart(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.training.loop.EVENT_SECONDS", 0)
    monkeypatch.setattr("ae_core.jobs.under_way.record.EVENT_SECONDS", 0)
    monkeypatch.setattr("ae_core.jobs.under_way.record.MEASURING_SHARE", 10)
    monkeypatch.setattr("ae_core.jobs.under_way.record.SNAPSHOT_SHARE", 0)
    job = access.submit(ANN, replace(SPEC, only_classes=("8",), config={"latent_dim": 16}))
    run = trainer.begun(job.spec, "cpu")
    told: list[dict[str, Any]] = []

    def send(_: object, message: dict[str, Any]) -> None:
        told.append(message["event"])

    monkeypatch.setattr("ae_core.jobs.under_way.record.send", send)
    trainer.trained(run, 60.0, multiprocessing.Pipe()[1], NoRequests())
    assert len(told) > 100
    assert all(event["test"].keys() == event["train"].keys() == {"mse"} for event in told)
    model = run.training.model
    assert isinstance(model, Autoencoder)
    reconstructed = batches.reconstruct(model, run.images.train)
    error = float(metrics.mse(reconstructed, run.images.train.float().div(255)).mean())
    assert told[-1]["train"]["mse"] == pytest.approx(error, rel=1e-3)
    said = learning_by_heart.found(told)
    assert said is not None
    assert said.seconds < told[-1]["seconds"]


def test_run_of_many_epochs_ends_at_the_limit_of_seconds(home: Path) -> None:
    job = access.submit(ANN, replace(SPEC, steps=1_000_000))
    _, theirs = pipes = multiprocessing.Pipe()
    state, message = trainer.trained(trainer.begun(job.spec, "cpu"), 0.3, theirs, NoRequests())
    assert state == states.FINISHED
    assert "`train_seconds`" in message
    assert checkpoints.card(job.name).steps < 1_000_000
    assert pipes


def test_run_of_a_network_that_is_another_one_now_ends_in_words(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    before = replace(SPEC, name=job.name, config={"widths": (8,)})
    files.keep_state(job.name, trainer.begun(before, "cpu").training.state())
    state, message = trainer.outcome(job.spec, "cpu", 60.0, multiprocessing.Pipe()[1], NoRequests())
    assert state == states.FAILED
    assert "begun by another version of the app" in message


def test_run_whose_images_have_changed_since_ends_in_words(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    state = record.state_of(trainer.begun(job.spec, "cpu"))
    files.keep_state(job.name, {**state, record.IMAGES: torch.zeros(32, dtype=torch.uint8)})
    ended, message = trainer.outcome(job.spec, "cpu", 60.0, multiprocessing.Pipe()[1], NoRequests())
    assert ended == states.FAILED
    assert "images have changed since this run began" in message
    files.keep_state(job.name, state)
    assert trainer.begun(job.spec, "cpu").training.step == 0


FULL_DISK = """
import json, multiprocessing, resource, signal, sys
from ae_core.jobs import states, table, trainer

class NoRequests(trainer.Requests):
    def __init__(self):
        self.latest = states.NONE

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
spec = table.get(int(sys.argv[1])).spec
pipe = multiprocessing.Pipe()[1]
print(json.dumps(trainer.outcome(spec, "cpu", 60.0, pipe, NoRequests())))
"""


def test_full_disk_pauses_the_run_in_words_and_leaves_the_former_state(home: Path) -> None:
    """The process may write no file over 200 kB, which is what a full disk is like."""
    job = access.submit(ANN, SPEC)
    state = trainer.begun(replace(job.spec, name=job.name), "cpu").training.state()
    command = [sys.executable, "-c", FULL_DISK, str(job.id)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=120).stdout
    outcome, message = json.loads(said.splitlines()[-1])
    assert outcome == states.PAUSED
    assert "disk" in message or "could not be saved" in message
    assert "goes on once there is room again" in message
    kept = files.kept_state(job.name)
    assert kept is not None
    assert torch.equal(kept["model.encoder.0.weight"], state["model.encoder.0.weight"])


def test_want_of_memory_is_said_in_words() -> None:
    with pytest.raises(RuntimeError) as failure:
        torch.empty(2**55)
    assert "more memory than there is" in trainer.in_words(failure.value)
    gpu = torch.OutOfMemoryError("CUDA out of memory")
    assert "GPU has too little memory" in trainer.in_words(gpu)
    with pytest.raises(RuntimeError, match="ours"):
        trainer.in_words(RuntimeError("a fault of ours"))


def fails_at(step: int, failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run fails so in the middle of this step; later ones do not."""
    batch, calls = Reconstruction.batch, iter(range(1, 1_000_000))

    def failing(*given: Any) -> Batch:
        if next(calls) == step:
            raise failure
        return batch(*given)

    monkeypatch.setattr(Reconstruction, "batch", failing)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "The GPU has too little memory"),
        (torch.AcceleratorError("CUDA error: the device is lost"), "could not be used any more"),
    ],
)
@pytest.mark.parametrize("kept", [False, True], ids=["at its start", "on its way"])
def test_run_that_the_gpu_fails_goes_on_on_the_cpu(
    failure: Exception, reason: str, kept: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.training.loop.EVENT_SECONDS", 0)
    monkeypatch.setattr("ae_core.jobs.under_way.record.STATE_SECONDS", 0 if kept else 1000)
    job = access.submit(ANN, replace(SPEC, steps=60))
    fails_at(40, failure, monkeypatch)
    begun: list[int] = []

    def noted(spec: kinds.AnySpec, on: str) -> kinds.AnyRun:
        run = trainer_begun(spec, on)
        begun.append(run.training.step)
        return run

    trainer_begun = trainer.begun
    monkeypatch.setattr(trainer, "begun", noted)
    _ours, theirs = multiprocessing.Pipe()
    state, message = trainer.outcome(job.spec, "auto", 60.0, theirs, NoRequests())
    assert state == states.FINISHED
    assert reason in message
    assert "It was trained on the CPU." in message
    assert checkpoints.card(job.name).steps == 60
    assert begun == ([0, 39] if kept else [0, 0])


def test_run_of_some_seconds_takes_on_the_cpu_as_many_steps_as_fit(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = access.submit(ANN, replace(SPEC, steps=None, seconds=2.0))
    run = trainer.begun(job.spec, "cpu")
    state = {
        **record.state_of(run),
        "run.step": torch.tensor(500_000.0),
        "run.plan": torch.tensor([1_000_000]),
        "run.seconds": torch.tensor(1.0),
        "generator": torch.zeros(16, dtype=torch.uint8),  # as a GPU has it
    }
    files.keep_state(job.name, state)
    on_cpu = trainer.on_cpu(job.spec, "The GPU was gone.").training
    assert on_cpu.step == 500_000
    next(iter(on_cpu))
    assert 500_000 < on_cpu.steps < 520_000
    files.keep_state(job.name, {**state, "run.step": torch.tensor(0.0)})
    assert trainer.on_cpu(job.spec, "The GPU was gone.").training.steps < 50_000


def test_run_on_a_gpu_that_is_not_there_is_trained_on_the_cpu(home: Path) -> None:
    job = access.submit(ANN, replace(SPEC, steps=5))
    _ours, theirs = multiprocessing.Pipe()
    state, message = trainer.outcome(job.spec, "cuda", 60.0, theirs, NoRequests())
    assert state == states.FINISHED
    assert message == "There is no GPU here that PyTorch can use. It was trained on the CPU."
