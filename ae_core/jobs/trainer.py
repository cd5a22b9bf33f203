"""One job in a process of its own: trains, tells the worker how far it is, and does what is wished.

What comes from the worker are wishes, as JSON; what goes to it are messages, as JSON too:
`{"at": {...}, "event": {...} or null}` while it trains, and last `{"end": state, "message": ...}`.
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

from ae_core import checkpoints, settings
from ae_core.accounts import ownership
from ae_core.errors import UserError
from ae_core.jobs import files
from ae_core.jobs.snapshots import Look
from ae_core.jobs.table import FAILED, FINISHED, NONE, PAUSE, PAUSED, STOP, THROW_AWAY, THROWN_AWAY
from ae_core.storage.sync import NotSentError
from ae_core.training import runs
from ae_core.training.loop import DivergedError, Event
from ae_core.training.runs import Run, RunSpec

STATE_SECONDS = float(settings.STATE_SECONDS.value or 5)
"""Time between two states to go on from, and so the most that an interrupted run repeats."""

LOOK_SHARE = 0.02
"""Most of a run's time that looking at its model may take."""

MOST_VIEWS = 24
"""Views kept of one run; twice as many are thinned out."""

EVENT_SECONDS = 0.25
EVENTS_KEPT = 400
"""Events of a run that are written down, about."""

NICE = 19


class Wishes:
    """What the worker last passed on. The end of the worker is the end of this process."""

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
    """What has been told and kept of a run."""

    run: Run
    look: Look
    pipe: Connection
    told_at: float = -1.0
    kept_at: float = 0.0
    looking: float = 0.0

    def follow(self, event: Event) -> None:
        """Tell of an event, keep the state, look at the model, each as often as is its due."""
        name = self.run.spec.name
        if event.seconds - self.kept_at >= STATE_SECONDS:
            files.keep_state(name, self.run.training.state())
            self.kept_at = event.seconds
        last = event.step == event.steps
        if last or self.looking <= LOOK_SHARE * event.seconds:
            self.tell(event, self.look_now(event.step))
        elif event.seconds - self.told_at >= max(EVENT_SECONDS, event.seconds / EVENTS_KEPT):
            self.tell(event, {})

    def tell(self, event: Event, test: dict[str, float]) -> None:
        """Say where the run is."""
        self.told_at = event.seconds
        at = {
            "step": event.step, "steps": event.steps, "epoch": event.epoch,
            "epochs": event.epochs, "seconds": event.seconds, "seconds_left": event.seconds_left,
            "images_per_second": event.images_per_second, "skipped": event.skipped_steps,
            "device": runs.device_name(self.run.training.device),
        }  # fmt: skip
        values = {"step": event.step, "seconds": event.seconds, "train": event.losses, "test": test}
        send(self.pipe, {"at": at, "event": values})

    def look_now(self, step: int) -> dict[str, float]:
        """Keep a view, and give the test losses; as many views as are worth it."""
        began = time.perf_counter()
        name = self.run.spec.name
        files.keep_view(name, step, self.look.view())
        steps = files.views(name)
        if len(steps) >= 2 * MOST_VIEWS:
            for step in steps[1:-1:2]:
                files.drop_view(name, step)
        losses = self.look.losses()
        self.looking += time.perf_counter() - began
        return losses


def send(pipe: Connection, message: dict[str, Any]) -> None:
    """Tell the worker."""
    pipe.send_bytes(json.dumps(message).encode())


def main(spec: dict[str, Any], on: str, longest: float, pipe: Connection) -> None:
    """What the process of a job does; it trains for `longest` seconds at most."""
    os.nice(NICE)
    torch.set_num_threads(1)
    wishes = Wishes(pipe)
    asked = RunSpec.from_dict(spec)
    (folder := files.folder(asked.name)).mkdir(parents=True, exist_ok=True)
    # A process of an earlier worker may still be on its way out.
    with FileLock(folder / "lock"):
        (folder / "pid").write_text(str(os.getpid()), "ascii")
        state, message = outcome(asked, on, longest, pipe, wishes)
    send(pipe, {"end": state, "message": message})


def outcome(
    spec: RunSpec, on: str, longest: float, pipe: Connection, wishes: Wishes
) -> tuple[str, str]:
    """Train to the end of the run or to a wish; how the job ended, and a sentence."""
    try:
        return trained(begun(spec, on), longest, pipe, wishes)
    except UserError as failure:
        return FAILED, str(failure)
    except OSError as failure:
        return FAILED, (
            f"The disk did not take the run ({failure.strerror}). Make room, or delete what you"
            " do not need."
        )
    except (MemoryError, RuntimeError) as failure:
        reason = in_words(failure)
    return FAILED, f"{reason} {salvaged(spec)}".strip()


def in_words(failure: MemoryError | RuntimeError) -> str:
    """What failures of the machine mean to a person.

    Raises:
        RuntimeError: it is ours to mend; the log has it.
    """
    text = str(failure)
    if isinstance(failure, torch.OutOfMemoryError):
        return (
            "The GPU has too little memory for this run. Choose a smaller batch or network, or"
            " train on the CPU."
        )
    if isinstance(failure, MemoryError) or "allocate memory" in text or "not enough memory" in text:
        return "The run needs more memory than there is. Choose a smaller batch or network."
    if "CUDA" in text:
        return "The GPU could not be used any more. Try again, or train on the CPU."
    raise failure


def begun(spec: RunSpec, on: str) -> Run:
    """The run where its last state left it, or at its start.

    Raises:
        UserError: the run cannot be had.
        OSError: the disk does not take its state.
    """
    state = files.kept_state(spec.name)
    if state is None:
        run = runs.start(spec, on=on)
        files.keep_state(spec.name, run.training.state())
        return run
    # As many steps as were counted at the first start.
    counted = replace(spec, seconds=None, steps=int(state["run.steps"].item()))
    run = runs.start(counted, on=on)
    run.training.restore(state)
    return run


def trained(run: Run, longest: float, pipe: Connection, wishes: Wishes) -> tuple[str, str]:
    """Train, for `longest` seconds at most, and keep the result; how it ended, and a sentence.

    Raises:
        UserError: the result cannot be kept.
        OSError: the disk does not take its state.
    """
    name, training = run.spec.name, run.training
    record = Record(run, Look(training.model, run.images), pipe, kept_at=training.seconds)
    message = ""
    try:
        for event in runs.watch(run) if wishes.latest != STOP else ():
            record.follow(event)
            if event.seconds > longest:
                message = (
                    f"It trained for {longest:,.0f} s, which is as long as anything may here"
                    " (`train_seconds`), and was stopped. What it had learned is kept."
                )
            if wishes.latest or message:
                break
    except DivergedError as failure:
        if failure.step == 0:
            raise
        message = f"{failure} These weights are kept."
    if wishes.latest == THROW_AWAY:
        files.discard(name)
        return THROWN_AWAY, ""
    if wishes.latest == PAUSE and training.step < training.steps:
        files.keep_state(name, training.state())
        return PAUSED, ""
    if training.step not in files.views(name):
        record.look_now(training.step)
    keep(run)
    return FINISHED, message or " ".join(run.notes)


def keep(run: Run) -> None:
    """Make the checkpoint; the state to go on from is then of no more use.

    Raises:
        UserError: the disk does not take it.
    """
    name = run.spec.name
    try:
        runs.finish(run)
    except NotSentError as failure:
        run.notes.append(str(failure))
    files.forget_state(name)
    ownership.weigh(name, files.size(name) + files.size_of(checkpoints.find(name)))


def salvaged(spec: RunSpec) -> str:
    """Keep the last state as a checkpoint, on the CPU; a sentence if there was one."""
    try:
        run = begun(spec, "cpu")
        if run.training.step == 0:
            return ""
        keep(run)
    except (UserError, OSError, MemoryError, RuntimeError):
        return ""
    return f"The weights of step {run.training.step:,} are kept."
