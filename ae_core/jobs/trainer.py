"""The process of one job: trains, reports to the worker, and follows its requests.

The worker sends requests, as JSON; the process sends messages, as JSON too:
`{"at": {...}, "event": {...} or null}` while it trains, and last `{"end": state, "message": ...}`,
which is a text as it is stored.
"""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import torch
from filelock import FileLock

from ae_core import settings
from ae_core.errors import UserError
from ae_core.jobs import files, kinds, snapshots
from ae_core.jobs.kinds import AnyRun, AnySpec
from ae_core.jobs.snapshots import Snapshotter
from ae_core.jobs.states import DISCARD, DISCARDED, FAILED, FINISHED, NONE, PAUSE, PAUSED, STOP
from ae_core.storage.sync import NotSentError
from ae_core.texts import _, joined, to_json
from ae_core.training.arithmetic import device_name
from ae_core.training.base_run import watch
from ae_core.training.loop import DivergedError, Event

STATE_SECONDS = float(settings.STATE_SECONDS.value)
"""Time between two saved states, and so the most that an interrupted run repeats."""

SNAPSHOT_SHARE = 0.02
"""The largest share of a run's time that snapshots may take."""

MOST_SNAPSHOTS = 24
"""Snapshots kept of one run; at twice as many, every other one is deleted."""

EVENT_SECONDS = 0.25
EVENTS_KEPT = 400
"""About how many events of a run are recorded."""

NICE = 5
"""Beside a busy process on each core a run keeps a quarter of one; at nice 19 it keeps 1.4 %."""


class Requests:
    """The worker's latest request. When the worker ends, so does this process."""

    def __init__(self, pipe: Connection) -> None:
        self.latest = NONE
        threading.Thread(target=self._listen, args=(pipe,), daemon=True).start()

    def _listen(self, pipe: Connection) -> None:
        while True:
            try:
                self.latest = json.loads(pipe.recv_bytes())
            except (EOFError, OSError):
                os._exit(1)


@dataclass
class Record:
    """What has been reported and saved of a run."""

    run: AnyRun
    snapshotter: Snapshotter[Any]
    pipe: Connection
    told_at: float = -1.0
    kept_at: float = 0.0
    snapshot_seconds: float = 0.0

    def follow(self, event: Event) -> None:
        """Report an event, save the state, take a snapshot, each as often as it is due."""
        name = self.run.spec.name
        if event.seconds - self.kept_at >= STATE_SECONDS:
            files.keep_state(name, self.run.training.state())
            self.kept_at = event.seconds
        last = event.step == event.steps
        if last or self.snapshot_seconds <= SNAPSHOT_SHARE * event.seconds:
            self.tell(event, self.take_snapshot(event.step))
        elif event.seconds - self.told_at >= max(EVENT_SECONDS, event.seconds / EVENTS_KEPT):
            self.tell(event, {})

    def tell(self, event: Event, test: dict[str, float]) -> None:
        """Report how far the run is."""
        self.told_at = event.seconds
        at = {
            "step": event.step, "steps": event.steps, "epoch": event.epoch,
            "epochs": event.epochs, "seconds": event.seconds, "seconds_left": event.seconds_left,
            "images_per_second": event.images_per_second, "skipped": event.skipped_steps,
            "device": device_name(self.run.training.device),
        }  # fmt: skip
        values = {"step": event.step, "seconds": event.seconds, "train": event.losses, "test": test}
        send(self.pipe, {"at": at, "event": values})

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


def send(pipe: Connection, message: dict[str, Any]) -> None:
    """Send the worker a message."""
    pipe.send_bytes(json.dumps(message).encode())


def main(spec: dict[str, Any], on: str, longest: float, pipe: Connection) -> None:
    """The process of one job; it trains for `longest` seconds at most."""
    os.nice(NICE)
    torch.set_num_threads(1)
    requests = Requests(pipe)
    asked = kinds.spec_from(spec)
    (folder := files.folder(asked.name)).mkdir(parents=True, exist_ok=True)
    # A process of an earlier worker may still be ending.
    with FileLock(folder / "lock"):
        (folder / "pid").write_text(str(os.getpid()), "ascii")
        state, message = outcome(asked, on, longest, pipe, requests)
    send(pipe, {"end": state, "message": to_json(message)})


def outcome(
    spec: AnySpec, on: str, longest: float, pipe: Connection, requests: Requests
) -> tuple[str, str]:
    """Train until the run ends or a request comes; how the job ended, and a sentence."""
    try:
        return trained(begun(spec, on), longest, pipe, requests)
    except UserError as failure:
        return FAILED, failure.text
    except OSError as failure:
        return FAILED, _(
            "The disk did not take the run ({reason}). Make room, or delete what you do not need.",
            reason=failure.strerror,
        )
    except (MemoryError, RuntimeError) as failure:
        reason = in_words(failure)
    if step := salvaged(spec):
        reason = _("{reason} The weights of step {step:,} are kept.", reason=reason, step=step)
    return FAILED, reason


def in_words(failure: MemoryError | RuntimeError) -> str:
    """What a failure of the machine means, for people.

    Raises:
        RuntimeError: it is a bug of ours; the log has it.
    """
    text = str(failure)
    if isinstance(failure, torch.OutOfMemoryError):
        return _(
            "The GPU has too little memory for this run. Choose a smaller batch or network, or"
            " train on the CPU."
        )
    if isinstance(failure, MemoryError) or "allocate memory" in text or "not enough memory" in text:
        return _("The run needs more memory than there is. Choose a smaller batch or network.")
    if "CUDA" in text:
        return _("The GPU could not be used any more. Try again, or train on the CPU.")
    raise failure


def begun(spec: AnySpec, on: str) -> AnyRun:
    """The run, resumed from its last saved state or at its start.

    Raises:
        UserError: the run cannot be started.
        OSError: the disk does not take its state.
    """
    state = files.kept_state(spec.name)
    if state is None:
        run = kinds.start(spec, on=on)
        files.keep_state(spec.name, run.training.state())
        return run
    # As many steps as were counted at the first start.
    counted = replace(spec, seconds=None, steps=int(state["run.steps"].item()))
    run = kinds.start(counted, on=on)
    ours = {f"model.{name}": each.shape for name, each in run.training.model.state_dict().items()}
    if ours != {name: each.shape for name, each in state.items() if name.startswith("model.")}:
        raise UserError(
            _(
                "This run was begun by another version of the app, and its network is another one"
                " now. Train it again."
            )
        )
    run.training.restore(state)
    return run


def trained(run: AnyRun, longest: float, pipe: Connection, requests: Requests) -> tuple[str, str]:
    """Train, for `longest` seconds at most, and save the result; how it ended, and a sentence.

    Raises:
        UserError: the result cannot be saved.
        OSError: the disk does not take its state.
    """
    name, training = run.spec.name, run.training
    snapshotter = snapshots.of(training.objective, run.images)
    record = Record(run, snapshotter, pipe, kept_at=training.seconds)
    message: str = ""
    try:
        for event in watch(run) if requests.latest != STOP else ():
            record.follow(event)
            if event.seconds > longest:
                message = _(
                    "It trained for {seconds:,.0f} s, which is as long as anything may here"
                    " (`train_seconds`), and was stopped. What it had learned is kept.",
                    seconds=longest,
                )
            if requests.latest or message:
                break
    except DivergedError as failure:
        if failure.step == 0:
            raise
        message = _("{reason} These weights are kept.", reason=failure.text)
    if requests.latest == DISCARD:
        files.discard(name)
        return DISCARDED, ""
    if requests.latest == PAUSE and training.step < training.steps:
        files.keep_state(name, training.state())
        return PAUSED, ""
    if training.step not in files.snapshots(name):
        record.take_snapshot(training.step)
    keep(run)
    if run.notes and not message:
        message = joined(*run.notes)
    return FINISHED, message


def keep(run: AnyRun) -> None:
    """Write the checkpoint or the classifier, and delete the state to resume from.

    Raises:
        UserError: the disk does not take it.
    """
    name = run.spec.name
    try:
        kinds.finish(run)
    except NotSentError as failure:
        run.notes.append(failure.text)
    files.forget_state(name)


def salvaged(spec: AnySpec) -> int:
    """Keep what the last state had learned, on the CPU; its step, or 0 where there is none."""
    try:
        run = begun(spec, "cpu")
        if run.training.step:
            keep(run)
    except (UserError, OSError, MemoryError, RuntimeError):
        return 0
    return run.training.step
