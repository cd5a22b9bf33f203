"""Faults of the machine, real ones, while runs are under way: each has a name, and nothing is lost.

    python -m benchmarks.trust.faults          all of them, which takes half an hour

Disks are small ones in memory, mounted for this, which needs the right to mount. `…_lost` counts
runs that did not end in the bits of an undisturbed one, and things kept that were gone or broken;
`…_unnamed` what pages asked meanwhile that was answered by neither a result nor a sentence.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np

from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.database import copies
from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.image_sets.stored import SetCard
from ae_core.jobs import access, states, sweeping, table
from ae_core.storage import folders
from benchmarks import report
from benchmarks.trust.machines import (
    TEACHER,
    begun,
    beside,
    full,
    home,
    is_whole,
    pid_of,
    read_only,
    small_disk,
    submit,
    unnamed,
    work,
)

DISK_MEGABYTES = 48
KILLS, FULL, READ_ONLY, GARBLED = 200, 20, 5, 10
JUMPS = (1, -1, 40, -40)
DAY = 86_400.0

Figures = dict[str, float]


def disk_full(points: int = FULL) -> Figures:
    """The disk is full at random moments of a run, its beginning and its end too."""
    chance, lost, odd = np.random.default_rng(0), 0, 0
    with (
        tempfile.TemporaryDirectory() as folder,
        small_disk(Path(folder), DISK_MEGABYTES) as disk,
        home(disk),
        beside(work),
    ):
        for point in range(points):
            job = submit(f"{point}")
            begun(job, int(chance.choice(np.array([-1, 0, chance.integers(400)]))))
            with full(disk):
                time.sleep(chance.random())
                odd += len(unnamed(f"{point}"))
            lost += not is_whole(job)
            access.delete_result(TEACHER, job.name)
    return {"disk_full": points, "disk_full_lost": lost, "disk_full_unnamed": odd}


def disk_read_only(points: int = READ_ONLY) -> Figures:
    """`AE_HOME`, or a folder of it, cannot be written from a moment of a run on."""
    chance, lost, odd = np.random.default_rng(0), 0, 0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as at_work:
        at_work.enter_context(home(Path(folder)))
        for point, place in enumerate(("", "jobs", "checkpoints", ".", "runs")[:points]):
            (where := Path(folder) / place).mkdir(exist_ok=True)
            if not place:  # nothing is there yet, not even a worker
                with read_only(where):
                    at_work.enter_context(beside(work))
                    time.sleep(2)
                    odd += len(unnamed("0"))
            job = submit(f"{point}")
            begun(job, int(chance.integers(300)))
            if place:
                with read_only(where):
                    time.sleep(1 + chance.random())
                    odd += len(unnamed(f"{point}"))
            lost += not is_whole(job)
    return {"read_only": points, "read_only_lost": lost, "read_only_unnamed": odd}


def garble(path: Path, way: int, chance: np.random.Generator) -> None:
    """Damage a file while others have it open."""
    if way == 1:
        path.unlink()
        return
    size = path.stat().st_size
    with path.open("r+b") as file:
        if way == 0:
            file.write(chance.bytes(size))
        elif way == 2:
            file.truncate(0)
        elif way == 3:
            file.truncate(size // 2)
        elif way == 4:
            file.write(chance.bytes(100))
        else:
            for _ in range(4 ** (way - 4)):
                file.seek(int(chance.integers(size)))
                file.write(chance.bytes(int(chance.choice([1, 16, 4096]))))


def database_garbled(points: int = GARBLED) -> Figures:
    """The file of the database is overwritten under a run; then its copy is put back."""
    chance, lost, odd = np.random.default_rng(0), 0, 0
    with tempfile.TemporaryDirectory() as folder, home(Path(folder) / "home"), beside(work):
        first = submit("first")
        lost += not is_whole(first)
        for point in range(points):
            job = submit(f"{point}", 1200)
            begun(job, 0)
            copies.keep()
            path = copies.database()
            assert path is not None
            garble(path, point, chance)
            for _ in range(3):
                odd += len(unnamed(f"{point}"))
                time.sleep(0.3)
            copies.put_back()
            lost += not is_whole(job)
            lost += not ownership.visible(Person("first"), [first.name])
    return {"garbled": points, "garbled_lost": lost, "garbled_unnamed": odd}


def clock_moved() -> Figures:
    """The clock jumps under the worker's eyes, and while none works."""
    lost = 0
    for days in JUMPS:
        for restarted in (False, True):
            with tempfile.TemporaryDirectory() as folder, home(Path(folder) / "home"):
                lost += _lost_by_jump(days, restarted=restarted)
    return {"clock_moved": 2 * len(JUMPS), "clock_moved_lost": lost}


def _lost_by_jump(days: float, *, restarted: bool) -> int:
    names = [ownership.new_name("x") for _ in range(5)]
    for name in names:
        ownership.add(Person("ann"), name, ownership.CHECKPOINT, "X")
    wall, running = time.time(), time.monotonic()
    for day in range(7):
        shift = days * DAY if day else 0.0
        # A worker that is started after the jump does not know the clock that nobody sets.
        new: dict[str, float] | None = {} if restarted and day == 1 else None
        with (
            mock.patch("time.time", lambda at=wall + day * DAY + shift: at),
            mock.patch("time.clock_gettime", lambda _, at=running + day * DAY: at),
            mock.patch("ae_core.database.clock.looked", new)
            if new is not None
            else mock.patch.dict("ae_core.database.clock.looked"),
        ):
            sweeping.sweep()
    return sum(not ownership.exists(name) for name in names)


PARTS = ([bytes(784) * 12], [bytes(784) * 4]), ([b"\xff" * 784 * 9], [b"\xff" * 784 * 3])


def write_sets() -> None:
    """Put one set in the place of another, again and again."""
    turn = 0
    while True:
        train, test = PARTS[turn % 2]
        count = len(train[0]) // 784, len(test[0]) // 784
        card = SetCard("my-leaves", "Leaves", ["leaf"], (1, 28, 28), *count)
        stored.write(card, (np.zeros(count[0], np.int64), np.zeros(count[1], np.int64)),
                     (train, test))  # fmt: skip
        turn += 1


def visit() -> None:
    """Ask for runs and take them back, again and again."""
    while True:
        with suppress(UserError):
            access.request(Person("visitor"), submit("visitor").id, states.DISCARD)


def killed(kills: int = KILLS) -> Figures:
    """Trainer, worker, who saves a set and who asks for runs are killed at random moments."""
    chance, lost = np.random.default_rng(0), 0
    does: list[Callable[[], None]] = [work, write_sets, visit]
    with tempfile.TemporaryDirectory() as folder, home(Path(folder) / "home"), ExitStack() as ends:
        job = submit("ann", 100 * kills)
        at = [ends.enter_context(beside(each)) for each in does]
        for kill in range(kills):
            which = kill % 4
            if which in (0, 3):  # a run that never gets anywhere is given up, and rightly so
                begun(job, table.get(job.id).step)
            time.sleep(chance.random() * 0.5)
            if which == 3:
                with suppress(OSError, ValueError):
                    os.kill(pid_of(job), signal.SIGKILL)
                continue
            at[which].kill()
            at[which].join()
            if which == 1:
                with mock.patch.object(folders, "NEW_SECONDS", 0.0):
                    folders.tidy(stored.root())
                with suppress(FileNotFoundError):
                    lost += not _is_whole_set()
            at[which] = ends.enter_context(beside(does[which]))
        for process in at[1:]:  # the last steps are for the run alone
            process.kill()
        lost += not is_whole(job)
        lost += len([each for each in access.everything(TEACHER) if each.state == states.FAILED])
    return {"kills": kills, "kills_lost": lost}


def _is_whole_set() -> bool:
    if not stored.root().is_dir():
        return True  # the first one was not written yet
    try:
        return bool(stored.read("my-leaves"))
    except UserError:
        return False


def measure() -> Figures:
    parts = (disk_full, disk_read_only, database_garbled, clock_moved, partial(killed))
    return {name: value for part in parts for name, value in part().items()}


if __name__ == "__main__":
    report.main("trust.faults", measure, "Faults of the machine, and what they cost")
