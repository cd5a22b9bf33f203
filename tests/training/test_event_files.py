"""The event files: TensorBoard reads back what the run gave, and a failing disk ends no run."""

from __future__ import annotations

import errno
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)
from tensorboard.summary.writer.record_writer import RecordWriter

from ae_core import latent
from ae_core.cli import main
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder, Batch
from ae_core.training import event_files, loop, runs
from ae_core.training.event_files import KEPT_RUNS, SHOWN_IMAGES
from ae_core.training.loop import DivergedError, Training
from ae_core.training.objectives import Reconstruction
from ae_core.training.runs import Run, RunSpec

SPEC = RunSpec("tanh-3", image_set="digits", config={"widths": (8,)}, steps=12, name="mine")


@pytest.fixture
def every_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event a step, each of them written."""
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    monkeypatch.setattr(event_files, "SCALAR_SECONDS", 0)


def watched(spec: RunSpec = SPEC, *, stop_at: int | None = None) -> Run:
    run = runs.start(spec, on="cpu")
    for event in runs.watch(run):
        if event.step == stop_at:
            break
    return run


def read(home: Path, name: str = "mine") -> EventAccumulator:
    """The newest run of that name, as TensorBoard reads it, with nothing left out."""
    folder = max((home / "runs" / name).iterdir())
    return EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0}).Reload()


def pixels(encoded: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(encoded)))


def test_the_files_hold_the_losses_and_the_speed_of_every_event(
    every_event: None, home: Path
) -> None:
    run = watched(RunSpec("vae-conv-2", image_set="digits", steps=6, name="mine"))
    found = read(home)
    assert [event.step for event in run.events] == [1, 2, 3, 4, 5, 6]
    for part in run.events[0].losses:
        read_back = [(each.step, each.value) for each in found.Scalars(f"loss/{part}")]
        given = [(event.step, event.losses[part]) for event in run.events]
        assert np.array(read_back) == pytest.approx(np.array(given), rel=1e-6)
    totals = [each.value for each in found.Scalars("loss/total")]
    assert totals == pytest.approx([sum(event.losses.values()) for event in run.events], rel=1e-6)
    speeds = [each.value for each in found.Scalars("speed/images_per_second")]
    assert speeds == pytest.approx([event.images_per_second for event in run.events], rel=1e-6)
    assert run.notes == []


def test_the_files_hold_ten_images_and_how_the_model_draws_them_before_and_after(
    every_event: None, home: Path, digits: ImageSet
) -> None:
    run = watched()
    found = read(home)
    expected = latent.reconstruct(run.training.model, digits.test[:SHOWN_IMAGES])
    assert SHOWN_IMAGES == 10
    assert len(found.Tags()["images"]) == 20
    for number in range(SHOWN_IMAGES):
        (original,) = found.Images(f"original/{number}")
        assert (original.width, original.height) == (28, 28)
        assert (pixels(original.encoded_image_string) == digits.test[number, 0].numpy()).all()
        before, after = found.Images(f"reconstruction/{number}")
        assert (before.step, after.step) == (0, 12)
        assert before.encoded_image_string != after.encoded_image_string
        drawn = pixels(after.encoded_image_string) / 255
        assert np.abs(drawn - expected[number, 0].numpy()).max() < 0.003


def test_reconstructions_follow_the_training_when_it_takes_long(
    every_event: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_files, "RECONSTRUCTION_SECONDS", 0)
    watched()
    steps = [image.step for image in read(home).Images("reconstruction/0")]
    assert steps == list(range(13))


def test_a_fast_run_writes_few_scalars_and_the_last_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    monkeypatch.setattr(event_files, "SCALAR_SECONDS", 1000)
    run = watched()
    assert len(run.events) == 12
    assert [each.step for each in read(home).Scalars("loss/total")] == [12]


def test_writing_changes_nothing_about_the_training(every_event: None) -> None:
    fixed = replace(SPEC, recipe={"precision": "float32", "threads": 1})
    watched_run, plain = watched(fixed), runs.start(fixed, on="cpu")
    for _ in plain.training:
        pass
    theirs = plain.training.model.state_dict()
    for name, value in watched_run.training.model.state_dict().items():
        assert torch.equal(value, theirs[name])


def test_a_run_that_is_stopped_early_leaves_a_whole_file(every_event: None, home: Path) -> None:
    run = watched(stop_at=5)
    found = read(home)
    assert [each.step for each in found.Scalars("loss/mse")] == [1, 2, 3, 4, 5]
    assert [image.step for image in found.Images("reconstruction/9")] == [0, 5]
    assert run.notes == []


def test_a_run_that_diverges_leaves_a_whole_file(
    every_event: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.start(SPEC, on="cpu")
    losses = Reconstruction.losses
    monkeypatch.setattr(
        Reconstruction,
        "losses",
        lambda objective, batch: (
            {"mse": torch.tensor(torch.nan)} if run.training.step == 4 else losses(objective, batch)
        ),
    )
    with pytest.raises(DivergedError):
        list(runs.watch(run))
    assert [each.step for each in read(home).Scalars("loss/mse")] == [1, 2, 3]


def test_a_run_that_breaks_leaves_a_whole_file(
    every_event: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Training.advance

    def breaking(training: Training[Autoencoder]) -> Batch:
        assert training.step != 4
        return advance(training)

    monkeypatch.setattr(Training, "advance", breaking)
    with pytest.raises(AssertionError):
        watched()
    assert [each.step for each in read(home).Scalars("loss/mse")] == [1, 2, 3, 4]


def test_a_model_that_is_solved_at_once_has_one_event_and_one_reconstruction(home: Path) -> None:
    run = watched(RunSpec("pca-32", image_set="digits", name="mine"))
    found = read(home)
    assert len(run.events) == 1
    assert [each.step for each in found.Scalars("loss/mse")] == [1]
    assert [image.step for image in found.Images("reconstruction/0")] == [1]


def test_only_the_last_runs_of_a_name_are_kept_and_nothing_else_is_touched(home: Path) -> None:
    mine = home / "runs" / "mine"
    (mine / "notes of my own").mkdir(parents=True)
    (mine / "2001-01-01").mkdir()
    for day in range(1, 9):
        (mine / f"2020-01-0{day}_00-00-00.000").mkdir()
    watched(stop_at=1)
    kept = sorted(path.name for path in mine.iterdir() if path.name.startswith("20"))
    assert len(kept) == KEPT_RUNS + 1
    assert kept[:5] == ["2001-01-01", *(f"2020-01-0{day}_00-00-00.000" for day in (5, 6, 7, 8))]
    assert (mine / "notes of my own").is_dir()


def test_a_folder_that_cannot_be_written_does_not_end_the_training(home: Path) -> None:
    home.mkdir()
    (home / "runs").write_text("a file where the folder should be")
    run = watched()
    assert run.training.step == 12
    assert len(run.notes) == 1
    assert f"{home / 'runs' / 'mine'}" in run.notes[0]
    assert "Not a directory" in run.notes[0]
    assert runs.finish(run).steps == 12


def test_a_disk_that_fills_up_does_not_end_the_training_and_is_named_once(
    every_event: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = RecordWriter.write, []

    def fill(records: RecordWriter, data: bytes) -> None:
        written.append(data)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(records, data)

    monkeypatch.setattr(RecordWriter, "write", fill)
    run = watched()
    assert run.training.step == 12
    assert len(run.notes) == 1
    assert "No space left on device" in run.notes[0]
    assert len(written) == 6
    assert [each.step for each in read(home).Scalars("loss/mse")] == [1, 2]


def test_the_command_line_says_that_the_files_could_not_be_written(
    home: Path, capsys: pytest.CaptureFixture[Any]
) -> None:
    home.mkdir()
    (home / "runs").write_text("")
    with pytest.raises(SystemExit) as ended:
        main.main(["train", "tanh-3", "--set", "digits", "--widths", "8", "--steps", "3"])
    assert not ended.value.code
    printed = capsys.readouterr()
    assert printed.out.startswith("Kept digits-tanh-3-2 after 3 steps")
    assert printed.err.count("TensorBoard cannot show the whole run") == 1
