"""How long a waiting run will wait."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from ae_core.accounts.person import Person
from ae_core.database.connection import writing
from ae_core.database.schema import JOBS
from ae_core.jobs import access, states, table, waits
from ae_core.jobs.job import IN_BROWSER, Job
from ae_core.jobs.waits import USUAL_BEYOND, USUAL_SECONDS, Lengths, Turn
from ae_core.training.runs import RunSpec

SPEC = RunSpec("ae-2", "digits", steps=5)
TIMED = replace(SPEC, steps=None, seconds=30.0)


def submitted(owner: str, spec: RunSpec = TIMED) -> Job:
    return access.submit(Person(owner), spec)


def ended(owner: str, spec: RunSpec, took: float, trained: float, on: str = "auto") -> None:
    """A run that has ended, and how long it took and trained."""
    job = submitted(owner, spec)
    assert table.claim(9)
    table.advance(job.id, {"seconds": trained}, [])
    table.end(job.id, states.FINISHED)
    with writing() as connection:
        row = update(JOBS).where(JOBS.c.id == job.id)
        connection.execute(row.values(started=1000.0, ended=1000.0 + took, on=on))


def test_wait_counts_those_before_and_what_runs(home: Path) -> None:
    first, second = submitted("ann"), submitted("bob", SPEC)
    assert waits.of(first, 1) == (0, 0)
    assert waits.of(second, 1) == (1, 30.0 + USUAL_BEYOND)
    assert table.claim(1)
    table.advance(first.id, {"seconds_left": 12.0}, [])
    before, seconds = waits.of(second, 1)
    assert (before, seconds) == (0, 12.0 + USUAL_BEYOND / 2)


def test_the_next_run_of_somebody_waits_for_their_own_and_that_of_another_does_not(
    home: Path,
) -> None:
    submitted("ann")
    assert table.claim(2)
    assert waits.of_next("bob", 2, Lengths()) == (0, 0.0)
    assert waits.of_next("ann", 2, Lengths())[1] == pytest.approx(30.0 + USUAL_BEYOND, abs=1)


def test_how_long_runs_take_is_learned_from_those_that_ended(home: Path) -> None:
    assert waits.lengths() == Lengths(USUAL_BEYOND, USUAL_SECONDS)
    for extra in (2.0, 3.0, 4.0):
        ended("ann", TIMED, took=30.0 + extra, trained=30.0)
        ended("ann", SPEC, took=100.0 + extra, trained=100.0)
    for number in range(waits.LOOKED_AT):
        ended(f"visitor {number}", TIMED, took=0.5, trained=30.0, on=IN_BROWSER)
    assert waits.lengths() == Lengths(3.0, 100.0)
    submitted("bob")
    assert waits.of_next("cleo", 1, waits.lengths()) == (1, 33.0)


def test_forty_runs_on_two_slots_begin_in_twenty_rounds() -> None:
    line = [Turn(number, f"{number}", 10.0) for number in range(40)]
    begins = waits.starts(line, [(4.0, "x"), (7.0, "y")], 2)
    assert [begins[number] for number in (0, 1, 2, 3, 38, 39)] == [4, 7, 14, 17, 194, 197]


def test_nobody_has_two_runs_at_once() -> None:
    line = [Turn(1, "ann", 10.0), Turn(2, "ann", 10.0), Turn(3, "bob", 5.0)]
    assert waits.starts(line, [], 2) == {1: 0.0, 3: 0.0, 2: 10.0}
