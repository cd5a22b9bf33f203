"""The worker: takes jobs from the table in turn and runs each in a process of its own.

    python -m ae_core work

One worker serves an `AE_HOME`; a second one waits until the first is gone. A process that ends
without a message, hangs, or ignores a request costs its job an attempt and nothing else.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from multiprocessing.util import register_after_fork
from pathlib import Path
from typing import Any

from filelock import FileLock

from ae_core.accounts import limits, personal_limits
from ae_core.accounts.person import Person
from ae_core.jobs import analysis_runner, files, results, states, sweeping, table, waking
from ae_core.jobs.analysis_runner import AnalysisRunner
from ae_core.jobs.job import Job
from ae_core.jobs.states import NO_CONTROLS, Controls
from ae_core.jobs.sweeping import logged
from ae_core.settings import settings
from ae_core.storage import folders
from ae_core.texts import _

log = logging.getLogger(__name__)

TURN_SECONDS = 0.1
"""Time between two passes over the table and the processes, while there are any."""

IDLE_SECONDS = 0.5
"""The same while nothing runs and nobody asks."""

LEAVE_SECONDS = 2.0
"""How long a process may take to exit after its last message."""

REQUEST_SECONDS = 3.0
"""How long a process may take to follow a request; then it is killed."""

SLACK = 3.0
"""How many times `train_seconds` a run may take: a busy machine needs longer than was asked."""

SILENT_SECONDS = 120.0
"""How long a process may send nothing; then it is killed."""

SWEEP_SECONDS = 600.0

HELD_SECONDS = 20.0
"""Time between two looks at whether the disk takes the runs again that it did not take."""

AGAIN_SECONDS = 2.0
"""Time between two attempts to begin where `AE_HOME` cannot be written."""

ALIVE_SECONDS = 10.0
"""A worker that has taken no turn for so long counts as gone."""

PRELOADED = (
    "ae_core.jobs.trainer",
    "ae_core.analyses.denoising_curve",
    "ae_core.analyses.flat_map",
    "sklearn.neighbors",
    "tensorboard.compat.proto.event_pb2",
    "tensorboard.summary.writer.record_writer",
)
"""What every job needs: imported once, before the first one comes."""


@dataclass
class Running:
    """A job with its process."""

    job: Job
    process: BaseProcess
    pipe: Connection
    heard: float = field(default_factory=time.monotonic)
    request: str = states.NONE
    requested: float = 0.0
    controls: Controls = NO_CONTROLS
    ended: tuple[str, str] | None = None
    progress: dict[str, Any] | None = None
    """What it has reported last that the table has not yet."""
    events: list[dict[str, Any]] = field(default_factory=list)

    def send(self, message: object) -> None:
        """Tell the process something, unless it has ended by itself."""
        with suppress(OSError):
            self.pipe.send_bytes(json.dumps(message).encode())

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()


def preloaded() -> BaseContext:
    """Processes that start with torch already imported, before the first job comes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    forkserver.ensure_running()
    return context


class Worker:
    """Runs jobs until it is told to leave."""

    def __init__(self, parent: int = 0, context: BaseContext | None = None) -> None:
        self.parent = parent
        self.context: Any = context or preloaded()
        self.jobs: dict[int, Running] = {}
        self.leaving = False
        self.swept = -SWEEP_SECONDS
        self.looked = -HELD_SECONDS

    def run(self) -> None:
        """Work until `leave`; the next worker resumes the jobs that are then under way."""
        runner = AnalysisRunner(self.context)
        if self.parent:
            self.context.Process(target=analysis_runner.prepare, daemon=True).start()
        while not self.leaving and self.parent in (0, os.getppid()):
            asked = waking.asked()
            with logged("A turn"):  # where the limits or the database cannot be read just now
                self.turn()
                runner.turn()
            busy = self.jobs or runner.at
            waking.rest(asked, TURN_SECONDS if busy else IDLE_SECONDS)
        runner.leave()
        for each in list(self.jobs.values()):
            with logged(f"Run {each.job.id}"):
                each.kill()
                self.hear(each)
                if each.ended:
                    self.finish(each)
                else:
                    table.interrupted(each.job.id, _("The worker was stopped."), by_us=True)

    def leave(self) -> None:
        """Stop working."""
        self.leaving = True

    def turn(self) -> None:
        """Start jobs, read what processes report, pass requests on, finish what has ended."""
        with suppress(OSError):
            alive_file().touch()
        queued, running = table.under_way()
        lost = set(running) - set(self.jobs)
        for number in lost:  # of an earlier worker, for only one holds the lock; or never started
            table.interrupted(number, _("The worker was restarted."))
        while (queued or lost) and (job := table.claim(limits.limits().slots)):
            try:
                self.start(job)
            except OSError as failure:  # the next turn tries again
                reason = _(
                    "Its process could not be started ({reason}).",
                    reason=failure.strerror or failure,
                )
                log.warning("Run %s: %s", job.id, reason)
                table.interrupted(job.id, reason, by_us=True)
                break
        for each in list(self.jobs.values()):
            with logged(f"Run {each.job.id}"):  # the next turn tries again
                self.hear(each)
                if each.ended or not each.process.is_alive():
                    self.finish(each)
        if self.jobs:
            self.pass_on(table.requests(list(self.jobs)))
        self.clear_up()

    def clear_up(self) -> None:
        """Every now and then: let runs go on that the disk takes again, and sweep."""
        if time.monotonic() - self.looked >= HELD_SECONDS:
            self.looked = time.monotonic()
            for job in table.held():
                if folders.takes(settings().home, files.room_for(job.name)):
                    table.let_go_on(job.id)
        if not 0 <= time.monotonic() - self.swept < SWEEP_SECONDS:
            # Beside the turns: a store that does not answer holds up nobody.
            threading.Thread(target=sweeping.swept, daemon=True).start()
            self.swept = time.monotonic()

    def start(self, job: Job) -> None:
        """Start a job's process."""
        ours, theirs = self.context.Pipe()
        # Else a forked process would hold this end too, and never hear that the worker is gone.
        register_after_fork(ours, Connection.close)
        longest = SLACK * personal_limits.of(Person(job.owner)).train_seconds
        from ae_core.jobs import trainer  # torch is only needed in there

        process = self.context.Process(
            target=trainer.main,
            args=(job.spec.to_dict(), job.on, longest, job.controls.to_dict(), theirs),
            daemon=True,
        )
        process.start()
        theirs.close()
        self.jobs[job.id] = Running(job, process, ours, controls=job.controls)

    def hear(self, each: Running) -> None:
        """Record what a process has reported since the table was told last."""
        try:
            while each.pipe.poll():
                message = json.loads(each.pipe.recv_bytes())
                each.heard = time.monotonic()
                if "end" in message:
                    each.ended = (message["end"], message["message"])
                else:
                    each.progress = message["at"]
                    if message["event"]:
                        each.events.append(message["event"])
        except (EOFError, OSError):
            pass
        if each.progress is not None:
            table.advance(each.job.id, each.progress, each.events)
            each.progress, each.events = None, []

    def pass_on(self, requests: dict[int, tuple[str, Controls]]) -> None:
        """Send processes new requests and controls; those that do not follow them are killed."""
        now = time.monotonic()
        for number, each in list(self.jobs.items()):
            if number not in requests:  # its row is gone: nobody waits for it
                each.kill()
                continue
            request, controls = requests[number]
            if request != each.request:
                each.request, each.requested = request, now
                each.send(request)
            if controls != each.controls:
                each.controls = controls
                each.send(controls.to_dict())
            impatient = request == states.DISCARD and now - each.requested > REQUEST_SECONDS
            if impatient or now - each.heard > SILENT_SECONDS:
                each.kill()

    def finish(self, each: Running) -> None:
        """Record how a job ended whose process is gone or done; only then it is forgotten here."""
        each.process.join(LEAVE_SECONDS if each.ended else None)
        each.kill()
        self.hear(each)  # what it said between the last look and its end
        if each.ended:
            state = each.ended[0]
        else:
            reason = _("The process of the run ended without a word.")
            state = table.interrupted(each.job.id, reason)
        results.settle(each.job, state)
        if each.ended:  # last: whoever sees that it is over finds everything in its final state
            table.end(each.job.id, *each.ended)
            if state != states.PAUSED:
                files.forget_received(each.job.name)
        del self.jobs[each.job.id]


def alive_file() -> Path:
    """The file that the worker touches at every turn."""
    return settings().home / "worker.alive"


def is_working() -> bool:
    """Whether a worker is running."""
    try:
        return abs(time.time() - alive_file().stat().st_mtime) < ALIVE_SECONDS
    except OSError:
        return False


def trouble() -> str:
    """What to say to those who wait where no worker is running; empty where one is."""
    if is_working():
        return ""
    if not folders.takes(home := settings().home, 1):
        return _(
            "The disk takes nothing in {folder}. The background worker goes on by itself once there"
            " is room, and the app may write there.",
            folder=home,
        )
    return _("The background worker is starting; if this stays, tell who runs this server.")


@contextmanager
def only_one(parent: int = 0) -> Iterator[None]:
    """Wait until no other worker serves this `AE_HOME`, and until it can be written."""
    home = settings().home
    lock = FileLock(home / "worker.lock")
    while parent in (0, os.getppid()) and not lock.is_locked:
        with logged("The worker waits"):
            home.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        if not lock.is_locked:
            time.sleep(AGAIN_SECONDS)
    try:
        yield
    finally:
        lock.release()


def main(parent: int = 0) -> None:
    """Work until the process is told to end, or its parent, where one is named, is gone."""
    with only_one(parent):
        worker = Worker(parent)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.leave())
        worker.run()
