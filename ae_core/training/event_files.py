"""TensorBoard event files of a run: its losses, its speed, ten images and their reconstructions.

    tensorboard --logdir var/runs

A run has the folder `<AE_HOME>/runs/<checkpoint name>/<start, UTC>`. `watch` opens it; a disk
that takes no more ends the writing and never the training.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from ae_core.images.reading import to_png
from ae_core.settings import settings
from ae_core.texts import _
from ae_core.training.loop import DivergedError, Event, Training
from ae_core.types import Images, Pixels

KEPT_RUNS = 5
"""Folders kept of a checkpoint name; older ones are deleted when a run starts."""

SHOWN_IMAGES = 10
SCALAR_SECONDS = 0.3
RECONSTRUCTION_SECONDS = 5.0

STARTED = "%Y-%m-%d_%H-%M-%S.%f"
STARTED_NAME = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.\d{3}")


class EventFiles:
    """The event files of one run, open between `with` and its end.

    Args:
        name: of the checkpoint that the run makes.
        training: the run.
        images: the first ten are written, and how the model reconstructs them, where it does.
        notes: gets a sentence when the disk takes no more.
    """

    def __init__(
        self, name: str, training: Training[Any], images: Pixels, notes: list[str]
    ) -> None:
        self.folder = settings().home / "runs" / name / datetime.now(UTC).strftime(STARTED)[:-3]
        self.training, self.notes = training, notes
        self.images = images[:SHOWN_IMAGES].to(training.device)
        self.scalars_at = self.reconstructed_at = training.seconds
        self.waiting: Event | None = None
        self.reconstructed_step: int | None = None
        self.records: Any = None

    def __enter__(self) -> EventFiles:  # noqa: PYI034 - beartype takes no Self
        with self._ends_at_a_failing_disk():
            self._open()
            self._write_images("original", self.images.float().div(255))
            if not self.training.objective.solved:
                self._reconstruct()
        return self

    def add(self, event: Event) -> None:
        """Write what an event says, unless that was done a moment ago."""
        if self.records is None:
            return
        self.waiting = event
        with self._ends_at_a_failing_disk():
            if event.seconds - self.scalars_at >= SCALAR_SECONDS:
                self._write_scalars()
                self.scalars_at = event.seconds
            if event.seconds - self.reconstructed_at >= RECONSTRUCTION_SECONDS:
                self._reconstruct()
                self.reconstructed_at = event.seconds

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.records is None:
            return
        with self._ends_at_a_failing_disk():
            self._write_scalars()
            # After any other failure the model may be in no state to reconstruct.
            if kind is None or issubclass(kind, (GeneratorExit, DivergedError)):
                self._reconstruct()
            self.records.close()

    def _open(self) -> None:
        from tensorboard.compat.proto import event_pb2
        from tensorboard.summary.writer.record_writer import (
            RecordWriter,
        )

        self.folder.mkdir(parents=True)
        _delete_old(self.folder.parent)
        path = self.folder / f"events.out.tfevents.{int(time.time()):010d}"
        # TensorBoard's own EventFileWriter writes in a thread, which ends in a traceback on the
        # screen when the disk is full.
        self.records = RecordWriter(path.open("wb"))
        self._write(event_pb2.Event(wall_time=time.time(), file_version="brain.Event:2"))

    def _write_scalars(self) -> None:
        if self.waiting is None:
            return
        event, self.waiting = self.waiting, None
        scalars = {f"loss/{name}": value for name, value in event.losses.items()}
        scalars["loss/total"] = self.training.objective.total(event.losses)
        scalars["speed/images_per_second"] = event.images_per_second
        self._write_values({k: {"simple_value": v} for k, v in scalars.items()}, event.step)

    def _reconstruct(self) -> None:
        """Write how the model reconstructs the images now, once for each step."""
        if self.reconstructed_step == self.training.step:
            return
        drawn = self.training.objective.reconstructions(self.images)
        if drawn is not None:
            self._write_images("reconstruction", drawn)
        self.reconstructed_step = self.training.step

    def _write_images(self, tag: str, images: Images) -> None:
        pixels = images.mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        _, height, width, channels = pixels.shape
        values = {
            f"{tag}/{number}": {
                "image": {
                    "height": height,
                    "width": width,
                    "colorspace": channels,
                    "encoded_image_string": to_png(image.squeeze(-1) if channels == 1 else image),
                }
            }
            for number, image in enumerate(pixels)
        }
        self._write_values(values, self.training.step)

    def _write_values(self, values: Mapping[str, Mapping[str, Any]], step: int) -> None:
        from tensorboard.compat.proto import event_pb2, summary_pb2

        summary = summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag=tag, **value) for tag, value in values.items()]
        )
        self._write(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))

    def _write(self, record: Any) -> None:
        self.records.write(record.SerializeToString())
        self.records.flush()

    @contextmanager
    def _ends_at_a_failing_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as failure:
            if self.records is not None:
                with suppress(OSError):  # what could not be written before cannot be now
                    self.records.close()
            self.records = None
            self.notes.append(
                _(
                    "TensorBoard cannot show the whole run, because {folder} could not be written"
                    " ({reason}). The training went on. Make room, or choose another AE_HOME.",
                    folder=self.folder, reason=failure.strerror,
                )
            )  # fmt: skip


def _delete_old(folder: Path) -> None:
    runs = sorted(path for path in folder.iterdir() if STARTED_NAME.fullmatch(path.name))
    for path in runs[:-KEPT_RUNS]:
        # Another run may be deleting it too; what stays is deleted next time.
        shutil.rmtree(path, ignore_errors=True)
