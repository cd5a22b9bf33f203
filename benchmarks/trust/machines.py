"""What faults are tried on: a small disk, a worker, runs whose bits are known, what pages ask."""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from ae_core import checkpoints
from ae_core.accounts import expiry, ownership, personal_limits
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.jobs import access, files, states, table, trainer, worker
from ae_core.jobs.job import Job
from ae_core.jobs.under_way import record
from ae_core.training import runs
from ae_core.training.runs import RunSpec

FORK = multiprocessing.get_context("fork")
TEACHER = Person("teacher", is_teacher=True)
PATIENCE = 180.0
BLOCK = bytes(2**16)

SPEC = RunSpec(
    "ae-2", "digits", steps=400, title="A run",
    recipe={
        "threads": 1, "precision": "float32", "memory_format": "contiguous", "optimizer": "adam",
        "batch_size": 16,
    },
)  # fmt: skip


def can_mount() -> bool:
    """Whether this process may mount file systems, as real faults of a disk need."""
    with (
        tempfile.TemporaryDirectory() as folder,
        suppress(OSError, subprocess.SubprocessError),
        small_disk(Path(folder), 1),
    ):
        return True
    return False


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes, mounted at a folder."""
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder))
    try:
        yield folder
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in a folder can be made, changed or deleted by its name."""
    _run("mount", "--bind", str(folder), str(folder))
    try:
        _run("mount", "-o", "remount,bind,ro", str(folder))
        yield
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is free on the disk of a folder."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(BLOCK):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def home(folder: Path) -> Iterator[Path]:
    """`AE_HOME` is this folder."""
    before = os.environ.get("AE_HOME")
    os.environ["AE_HOME"] = str(folder)
    try:
        yield folder
    finally:
        os.environ.pop("AE_HOME")
        if before is not None:
            os.environ["AE_HOME"] = before


@contextmanager
def beside(target: Callable[[], None]) -> Iterator[multiprocessing.process.BaseProcess]:
    """A process that does this, until it is told to end."""
    for module in worker.PRELOADED:  # which its runs then have at once
        importlib.import_module(module)
    process = FORK.Process(target=target)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(20)
        process.kill()


def work() -> None:
    """Work as the app's worker does, with states kept often, and short pauses."""
    record.STATE_SECONDS, worker.HELD_SECONDS, worker.AGAIN_SECONDS = 0.1, 0.3, 0.3
    trainer.NICE = 0
    at_work = worker.Worker(context=FORK)
    signal.signal(signal.SIGTERM, lambda *_: at_work.leave())
    with worker.only_one():
        at_work.run()


def submit(whose: str, steps: int = 0) -> Job:
    """Ask for a run."""
    return access.submit(Person(whose), replace(SPEC, steps=steps or SPEC.steps))


def until(number: int, reached: Callable[[Job], bool]) -> Job:
    """The job, once it is so. While it gets on, and while the database cannot be read, it is waited
    for."""  # fmt: skip
    step, end = -1, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(UserError):
            if reached(job := table.get(number)):
                return job
            if job.step > step:
                step, end = job.step, time.monotonic() + PATIENCE
        time.sleep(0.02)
    raise RuntimeError(f"It is still {table.get(number)}")


def begun(job: Job, step: int) -> None:
    """Wait until a run is past this step, or over; not at all where it is below zero."""
    until(job.id, lambda now: now.step > step or now.is_over)


def is_whole(job: Job) -> bool:
    """Whether a run ended as if nothing had happened."""
    ended = until(job.id, lambda now: now.is_over)
    steps = job.spec.steps or 0
    return ended.state == states.FINISHED and weights(job.name) == expected(steps)


def weights(name: str) -> str:
    """What the weights of a checkpoint are, bit by bit."""
    model = checkpoints.load(name).model
    return hashlib.sha256(
        b"".join(value.numpy().tobytes() for value in model.state_dict().values())
    ).hexdigest()


@cache
def expected(steps: int) -> str:
    """The weights of a run that nothing disturbs."""
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)):
        run = runs.start(replace(SPEC, steps=steps, name="undisturbed"))
        for _ in run.training:
            pass
        runs.finish(run)
        return weights("undisturbed")


def pid_of(job: Job) -> int:
    """The process of a run."""
    return int((files.folder(job.name) / "pid").read_text("ascii"))


def unnamed(whose: str) -> list[str]:
    """What pages ask that is answered by neither a result nor a sentence, and how."""
    person = Person(whose)
    asked: list[Callable[[], object]] = [
        lambda: access.of(person),
        lambda: access.everything(TEACHER),
        lambda: [access.events(TEACHER, job.id) for job in access.of(person)],
        lambda: ownership.of(person, ownership.CHECKPOINT),
        lambda: ownership.visible(person, ["my-model"]),
        lambda: expiry.of(person, ownership.CHECKPOINT),
        lambda: personal_limits.of(person),
        lambda: table.waiting(),
        lambda: checkpoints.available(),
        lambda: access.request(person, submit(whose).id, states.DISCARD),
        lambda: worker.trouble(),
    ]
    found = []
    for ask in asked:
        try:
            ask()
        except UserError:
            continue
        except Exception as failure:  # noqa: BLE001 - which is what is counted
            found.append(repr(failure))
    return found


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
