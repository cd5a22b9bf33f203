"""What is told and kept of a run while it trains: events, its state, snapshots; each as it is due.

An event is sent to the worker as JSON: `{"at": {...}, "event": {...} or null}`.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import torch
from torch import Tensor

from ae_core import settings
from ae_core.jobs import files
from ae_core.jobs.kinds import AnyRun
from ae_core.jobs.under_way.snapshots import Snapshotter
from ae_core.training.arithmetic import device_name
from ae_core.training.loop import Event

STATE_SECONDS = float(settings.STATE_SECONDS.value)
"""Time between two saved states, and so the most that an interrupted run repeats."""

SNAPSHOT_SHARE = 0.02
"""The largest share of a run's time that snapshots may take."""

MEASURING_SHARE = 0.1
"""The largest share that measuring few training and test images may take, between snapshots."""

MOST_SNAPSHOTS = 24
"""Snapshots kept of one run; at twice as many, every other one is deleted."""

IMAGES = "images"
"""What the sha256 of the images is called in a state."""

EVENT_SECONDS = 0.25
EVENTS_KEPT = 400
"""About how many events of a run are recorded."""


@dataclass
class Record:
    """What has been reported and saved of a run."""

    run: AnyRun
    snapshotter: Snapshotter[Any]
    pipe: Connection
    told_at: float = -1.0
    kept_at: float = 0.0
    last: Event | None = None
    at: dict[str, Any] = field(default_factory=dict)
    snapshot_seconds: float = 0.0
    measuring_seconds: float = 0.0

    def follow(self, event: Event) -> None:
        """Report an event, save the state, take a snapshot, each as often as it is due."""
        name = self.run.spec.name
        self.last = event
        if event.seconds - self.kept_at >= STATE_SECONDS:
            files.keep_state(name, state_of(self.run))
            self.kept_at = event.seconds
        last = event.step == event.steps
        if self.run.training.each_step and not last:
            self.catch_up()
        elif last or self.snapshot_seconds <= SNAPSHOT_SHARE * event.seconds:
            self.tell(event, self.take_snapshot(event.step))
        elif event.seconds - self.told_at >= max(EVENT_SECONDS, event.seconds / EVENTS_KEPT):
            if not self.snapshotter.few:
                self.tell(event, {})
            elif self.measuring_seconds <= MEASURING_SHARE * event.seconds:
                began = time.perf_counter()
                self.tell(event, self.snapshotter.losses())
                self.measuring_seconds += time.perf_counter() - began

    def tell(self, event: Event, test: dict[str, float]) -> None:
        """Report how far the run is.

        Of few training images all are measured as the test images are: their errors tell whether
        they are learned by heart.
        """
        self.told_at = event.seconds
        train = self.snapshotter.training_losses() if self.snapshotter.few else event.losses
        at = {
            "step": event.step, "steps": event.steps, "epoch": event.epoch,
            "epochs": event.epochs, "seconds": event.seconds, "seconds_left": event.seconds_left,
            "images_per_second": event.images_per_second, "skipped": event.skipped_steps,
            "device": device_name(self.run.training.device),
            "changes": list(self.run.training.changes.texts),
        }  # fmt: skip
        self.at = at
        values = {"step": event.step, "seconds": event.seconds, "train": train, "test": test}
        send(self.pipe, {"at": at, "event": values})

    def catch_up(self) -> None:
        """Report where a run is that waits now, with a snapshot; again, where that is known."""
        if self.last and self.at.get("step") != self.last.step:
            spent = self.snapshot_seconds
            self.tell(self.last, self.take_snapshot(self.last.step))
            self.snapshot_seconds = spent  # which no time of training was taken for
        elif self.at:
            send(self.pipe, {"at": self.at, "event": None})

    def take_snapshot(self, step: int) -> dict[str, float]:
        """Save a snapshot, thin out the earlier ones, and give the test losses."""
        began = time.perf_counter()
        name = self.run.spec.name
        files.keep_snapshot(name, step, self.snapshotter.snapshot())
        steps = files.snapshots(name)
        if len(steps) >= 2 * MOST_SNAPSHOTS:
            for step in steps[1:-1:2]:
                files.drop_snapshot(name, step)
        losses = self.snapshotter.losses()
        self.snapshot_seconds += time.perf_counter() - began
        return losses


def state_of(run: AnyRun) -> dict[str, Tensor]:
    """Everything that a run needs to resume, and the sha256 of its images."""
    return {**run.training.state(), IMAGES: _sha256_of(run)}


def is_of_its_images(state: dict[str, Tensor], run: AnyRun) -> bool:
    """Whether a state is of a run on the same images; those of earlier versions do not say."""
    return IMAGES not in state or torch.equal(state[IMAGES], _sha256_of(run))


def _sha256_of(run: AnyRun) -> Tensor:
    return torch.tensor(list(bytes.fromhex(run.images.sha256)), dtype=torch.uint8)


def send(pipe: Connection, message: dict[str, Any]) -> None:
    """Send the worker a message."""
    pipe.send_bytes(json.dumps(message).encode())
