"""The process of one job: trains, reports to the worker, and follows its requests.

The worker sends requests, and what its person wants of the run on its way, as JSON; the process
sends messages, as JSON too: those of `record.py` while it trains, and last
`{"end": state, "message": ...}`, which is a text as it is stored.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import torch
from filelock import FileLock

from ae_core.accounts import limits
from ae_core.errors import DiskError, UserError
from ae_core.jobs import files, kinds
from ae_core.jobs.kinds import AnyRun, AnySpec
from ae_core.jobs.states import (
    DISCARD,
    DISCARDED,
    FAILED,
    FINISHED,
    NONE,
    PAUSE,
    PAUSED,
    STOP,
    Controls,
)
from ae_core.jobs.under_way import snapshots
from ae_core.jobs.under_way.pacing import Pacing
from ae_core.jobs.under_way.record import Record, is_of_its_images, send, state_of
from ae_core.storage.sync import NotSentError
from ae_core.texts import _, joined, to_json
from ae_core.training import received
from ae_core.training.base_run import watch
from ae_core.training.devices import gpu
from ae_core.training.loop import DivergedError, Event
from ae_core.training.runs import RunSpec

log = logging.getLogger(__name__)

NICE = 5
"""Beside a busy process on each core a run keeps a quarter of one; at nice 19 it keeps 1.4 %."""


class Requests:
    """The worker's latest request, and the person's latest controls.

    When the worker ends, so does this process.
    """

    latest = NONE
    controls = Controls()

    def __init__(self, pipe: Connection, controls: Controls) -> None:
        self.controls = controls
        threading.Thread(target=self._listen, args=(pipe,), daemon=True).start()

    def _listen(self, pipe: Connection) -> None:
        while True:
            try:
                message = json.loads(pipe.recv_bytes())
            except (EOFError, OSError):
                os._exit(1)
            if isinstance(message, str):
                self.latest = message
            else:
                self.controls = Controls.from_dict(message)


def main(
    spec: dict[str, Any], on: str, longest: float, controls: dict[str, Any], pipe: Connection
) -> None:
    """The process of one job; it trains for `longest` seconds at most."""
    os.nice(NICE)
    torch.set_num_threads(1)
    requests = Requests(pipe, Controls.from_dict(controls))
    asked = kinds.spec_from(spec)
    folder = files.folder(asked.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A process of an earlier worker may still be ending.
        with FileLock(folder / "lock"):
            (folder / "pid").write_text(str(os.getpid()), "ascii")
            state, message = outcome(asked, on, longest, pipe, requests)
    except OSError as failure:
        state, message = PAUSED, held(failure)
    with suppress(BrokenPipeError):  # the worker is gone, and the next one takes the job up
        send(pipe, {"end": state, "message": to_json(message)})


def outcome(
    spec: AnySpec, on: str, longest: float, pipe: Connection, requests: Requests
) -> tuple[str, str]:
    """Train until the run ends or a request comes; how the job ended, and a sentence.

    Where the disk does not take it, it is paused, with the last state that is whole. Where the GPU
    cannot be used, or fails, it goes on on the CPU.
    """
    try:
        if reason := gpu.refusal(on, runs=limits.limits().slots):
            return trained(on_cpu(spec, reason), longest, pipe, requests)
        try:
            return trained(begun(spec, on), longest, pipe, requests)
        except RuntimeError as failure:
            if not (meant := gpu.meaning(failure)):
                raise
            log.warning("Run %s left the GPU", spec.name, exc_info=failure)
        return trained(on_cpu(spec, meant), longest, pipe, requests)
    except (DiskError, OSError) as failure:
        return PAUSED, held(failure)
    except UserError as failure:
        return FAILED, failure.text
    except (MemoryError, RuntimeError) as failure:
        said = in_words(failure)
    if step := salvaged(spec):
        said = _("{reason} The weights of step {step:,} are kept.", reason=said, step=step)
    return FAILED, said


def held(failure: DiskError | OSError) -> str:
    """Why a run rests that the disk does not take."""
    reason = (
        _("The disk did not take the run ({reason}).", reason=str(failure.strerror or failure))
        if isinstance(failure, OSError)
        else failure.text
    )
    return joined(
        reason,
        _("Nothing of it is lost: it goes on once there is room again, by itself or by *Resume*."),
    )


def in_words(failure: MemoryError | RuntimeError) -> str:
    """What a failure of the machine means, for people.

    Raises:
        RuntimeError: it is a bug of ours; the log has it.
    """
    text = str(failure)
    if reason := gpu.meaning(failure):
        return _("{reason} Choose a smaller batch or network, or train on the CPU.", reason=reason)
    if isinstance(failure, MemoryError) or "allocate memory" in text or "not enough memory" in text:
        return _("The run needs more memory than there is. Choose a smaller batch or network.")
    raise failure


def begun(spec: AnySpec, on: str) -> AnyRun:
    """The run, resumed from its last saved state or at its start.

    Raises:
        UserError: the run cannot be started.
        OSError: the disk does not take its state.
    """
    if isinstance(spec, RunSpec) and (data := files.received(spec.name)) is not None:
        return received.run_of(spec, data)
    state = files.kept_state(spec.name)
    if state is None:
        run = kinds.start(spec, on=on)
        files.keep_state(spec.name, state_of(run))
        return run
    run = kinds.start(spec, on=on)
    ours = {f"model.{name}": each.shape for name, each in run.training.model.state_dict().items()}
    if ours != {name: each.shape for name, each in state.items() if name.startswith("model.")}:
        raise UserError(
            _(
                "This run was begun by another version of the app, and its network is another one"
                " now. Train it again."
            )
        )
    if not is_of_its_images(state, run):
        raise UserError(_("The images have changed since this run began. Train it again."))
    run.training.restore(state)
    return run


def on_cpu(spec: AnySpec, reason: str) -> AnyRun:
    """The run on the CPU, from where the GPU left it; its steps are counted again as it trains.

    Raises:
        UserError: the run cannot be started.
        OSError: the disk does not take its state.
    """
    state = files.kept_state(spec.name)
    if state is not None and not state["run.step"].item():
        files.forget_state(spec.name)  # its steps were counted on the GPU
    run = begun(spec, "cpu")
    run.notes.append(_("{reason} It was trained on the CPU.", reason=reason))
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
    pacing = Pacing(
        training,
        lambda: requests.controls,
        lambda: bool(requests.latest),
        record.catch_up,
        most=float(limits.limits().slow_seconds),
    )
    message: str = ""
    try:
        for event in followed(run, record, pacing, requests):
            if event.seconds > longest:
                message = _(
                    "It trained for {seconds:,.0f} s, which is as long as anything may here"
                    " (`train_seconds`), and was stopped. What it had learned is kept.",
                    seconds=longest,
                )
                break
    except DivergedError as failure:
        if failure.step == 0:
            raise
        message = _("{reason} These weights are kept.", reason=failure.text)
    if requests.latest == DISCARD:
        files.discard(name)
        return DISCARDED, ""
    paused = requests.latest == PAUSE or (pacing.is_over and not requests.latest)
    if paused and training.step < training.steps:
        record.catch_up()
        files.keep_state(name, state_of(run))
        return PAUSED, ""
    if training.step not in files.snapshots(name):
        record.take_snapshot(training.step)
    keep(run)
    if run.notes and not message:
        message = joined(*run.notes)
    return FINISHED, message


def followed(run: AnyRun, record: Record, pacing: Pacing, requests: Requests) -> Iterator[Event]:
    """Train, until something is requested or it has waited for as long as it may."""
    pacing.wait(time.perf_counter())
    if requests.latest == STOP or pacing.is_over:
        return
    for event in watch(run):
        now = time.perf_counter()
        record.follow(event)
        yield event
        if run.training.step < run.training.steps:
            pacing.wait(now)
        if requests.latest or pacing.is_over:
            return


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
