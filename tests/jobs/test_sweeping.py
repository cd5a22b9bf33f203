"""What has expired: marked, brought back by a click, deleted a week later, whatever clocks do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from ae_core import checkpoints
from ae_core.accounts import expiry, ownership
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.database import clock
from ae_core.database.connection import reading
from ae_core.database.schema import EVENTS
from ae_core.errors import UserError
from ae_core.jobs import access, states, sweeping, table
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, BOB, TEACHER

DAY = 86_400.0
KEPT_DAYS = Limits().days_kept


@dataclass
class Clocks:
    """Two clocks of a machine: `passes` moves both, `jumps` the one on the wall alone."""

    wall: float
    running: float

    def passes(self, days: float) -> None:
        """Time goes by under the eyes of the worker, which sweeps often; here each two days."""
        while days > 0:
            self.wall += min(days, 2) * DAY
            self.running += min(days, 2) * DAY
            sweeping.sweep()
            days -= 2

    def jumps(self, days: float) -> None:
        self.wall += days * DAY
        sweeping.sweep()


@pytest.fixture
def clocks(home: Path, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks(time.time(), 1000.0)
    monkeypatch.setattr(time, "time", lambda: made.wall)
    monkeypatch.setattr(time, "clock_gettime", lambda _: made.running)
    sweeping.sweep()
    return made


def a_model(owner: Person = ANN) -> str:
    name = ownership.new_name("old")
    ownership.add(owner, name, ownership.CHECKPOINT, "Old")
    return name


def state_of(name: str) -> str:
    found = ownership.get(TEACHER, name)
    return "gone" if found is None else "kept" if found.expired is None else "expired"


def test_what_has_passed_its_day_is_hidden_and_gone_a_week_later(clocks: Clocks) -> None:
    name = a_model()
    clocks.passes(KEPT_DAYS - 1)
    assert state_of(name) == "kept"
    clocks.passes(2)
    assert state_of(name) == "expired"
    assert ownership.of(ANN, ownership.CHECKPOINT) == []
    assert ownership.visible(ANN, [name]) == set()
    ((mine, seconds),) = expiry.of(ANN, ownership.CHECKPOINT)
    assert mine.name == name
    assert 5 * DAY < seconds <= 7 * DAY
    assert expiry.of(BOB, ownership.CHECKPOINT) == []
    clocks.passes(5)
    assert state_of(name) == "expired"
    clocks.passes(2)
    assert state_of(name) == "gone"


def test_what_has_expired_is_brought_back_for_as_long_again(clocks: Clocks) -> None:
    name = a_model()
    clocks.passes(KEPT_DAYS + 3)
    with pytest.raises(UserError, match="not yours"):
        expiry.bring_back(BOB, name)
    expiry.bring_back(ANN, name)
    assert ownership.visible(ANN, [name]) == {name}
    clocks.passes(KEPT_DAYS - 1)
    assert state_of(name) == "kept"
    clocks.passes(2)
    assert state_of(name) == "expired"


def restarted(days: float) -> Callable[[Clocks], None]:
    """The jump happens while no worker runs."""

    def jump(clocks: Clocks) -> None:
        clock.looked.clear()
        clocks.jumps(days)

    return jump


@pytest.mark.parametrize(
    "jump",
    [*(lambda clocks, days=days: clocks.jumps(days) for days in (40, -40, 400, 1, -1)),
     *(restarted(days) for days in (40, -40, 400, -1))],
)  # fmt: skip
@pytest.mark.one_in(3)
def test_no_jump_of_the_clock_deletes_anything_or_hides_it_at_once(
    clocks: Clocks, jump: Callable[[Clocks], None]
) -> None:
    names = [a_model() for _ in range(3)]
    clocks.passes(3)
    jump(clocks)
    assert {state_of(name) for name in names} == {"kept"}
    clocks.passes(0.5)
    assert {state_of(name) for name in names} == {"kept"}
    clocks.passes(7)
    assert "gone" not in {state_of(name) for name in names}


def test_a_clock_that_is_put_right_brings_back_what_it_had_expired(clocks: Clocks) -> None:
    name = a_model()
    clocks.jumps(40)
    clocks.passes(3)
    assert state_of(name) == "expired"
    clocks.jumps(-40)
    assert state_of(name) == "kept"
    assert ownership.visible(ANN, [name]) == {name}


def test_a_jump_does_not_shorten_the_week(clocks: Clocks) -> None:
    name = a_model()
    clocks.passes(KEPT_DAYS + 2)
    assert state_of(name) == "expired"
    clocks.jumps(40)
    clocks.passes(4)
    assert state_of(name) == "expired"
    clocks.passes(4)
    assert state_of(name) == "gone"


def test_only_a_share_expires_in_a_day_unless_a_teacher_says_so(clocks: Clocks) -> None:
    names = [a_model(Person(f"{number}")) for number in range(40)]
    clocks.jumps(40)
    clocks.passes(1)
    expired = [name for name in names if state_of(name) == "expired"]
    assert len(expired) == expiry.LEAST
    with pytest.raises(UserError, match="for teachers"):
        expiry.mark_all(ANN)
    assert expiry.held_back(TEACHER) == 30
    expiry.mark_all(TEACHER)
    assert expiry.held_back(TEACHER) == 0
    assert {state_of(name) for name in names} == {"expired"}


def test_run_that_expires_while_it_rests_is_given_up(clocks: Clocks) -> None:
    job = access.submit(ANN, SPEC)
    access.request(TEACHER, job.id, states.PAUSE)
    clocks.passes(KEPT_DAYS + 9)
    assert ownership.get(TEACHER, job.name) is None
    assert table.get(job.id).state == states.DISCARDED
    table.advance(job.id + 1, {}, [{"step": 1}])  # its row is gone
    with reading() as connection:
        assert connection.execute(select(EVENTS)).all() == []


def test_one_thing_that_cannot_be_swept_keeps_none_of_the_others(
    clocks: Clocks, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [a_model(), a_model()]
    clocks.passes(KEPT_DAYS + 3)
    delete = checkpoints.delete

    def broken(name: str) -> None:
        if name == names[0]:
            raise OSError("Input/output error")
        delete(name)

    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, "delete", broken)
        clocks.passes(6)
    assert [state_of(name) for name in names] == ["expired", "gone"]
    clocks.passes(0.5)
    assert state_of(names[0]) == "gone"
