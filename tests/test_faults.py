"""Real faults of the machine under real runs: each is named, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from ae_core.jobs import files, table
from benchmarks.trust import faults, machines
from benchmarks.trust.faults import FULL, GARBLED, KILLS, READ_ONLY, Figures

pytestmark = pytest.mark.usefixtures("home")


def check(figures: Figures) -> None:
    costs = {name: value for name, value in figures.items() if name.endswith(("_lost", "_unnamed"))}
    assert costs
    assert set(costs.values()) == {0}, costs


@pytest.mark.long
def test_no_jump_of_the_clock_deletes_anything() -> None:
    check(faults.clock_moved())


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize(
    ("fault", "points"),
    [(faults.disk_full, FULL), (faults.disk_read_only, READ_ONLY)],
)
def test_a_disk_that_takes_nothing_holds_runs_up_and_costs_nothing(
    fault: Callable[[int], Figures], points: int
) -> None:
    check(fault(points))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_database_that_is_garbled_is_put_back_and_runs_go_on() -> None:
    check(faults.database_garbled(GARBLED))


def test_run_ends_when_its_worker_is_killed(home: Path) -> None:
    job = machines.submit("ann", 20_000)
    with machines.beside(machines.work) as worker:
        machines.begun(job, 0)
        worker.kill()
        worker.join()
    with FileLock(files.folder(job.name) / "lock", timeout=10):
        assert not table.get(job.id).is_over


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_processes_that_are_killed_again_and_again_lose_nothing(home: Path) -> None:
    check(faults.killed(KILLS))
