"""Turns, limits and attempts: who may ask for a run, whose comes next, how often it is tried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ae_core.accounts import limits, ownership
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.jobs import access, states, table
from ae_core.texts import from_json
from ae_core.training.runs import RunSpec
from tests.conftest import ROOT
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, BOB, TEACHER, with_links


def test_people_take_turns_however_often_one_clicks(home: Path) -> None:
    asked = ["ann", "ann", "ann", "bob", "cid"]
    jobs = [access.submit(Person(owner), SPEC) for owner in asked]
    turn = [job.id for job in table.waiting()]
    assert turn == [jobs[i].id for i in (0, 3, 4, 1, 2)]
    first = table.claim(2)
    assert first and first.id == jobs[0].id
    second = table.claim(2)
    assert second and second.owner == "bob"
    assert table.claim(2) is None  # both places are taken
    table.end(second.id, states.FINISHED)
    third = table.claim(2)
    assert third and third.owner == "cid"  # ann has one running
    table.end(first.id, states.FINISHED)
    fourth = table.claim(2)
    assert fourth and fourth.id == jobs[1].id


def test_nobody_has_two_runs_at_once(home: Path) -> None:
    for _ in range(2):
        access.submit(ANN, SPEC)
    assert table.claim(5)
    assert table.claim(5) is None


@pytest.mark.parametrize(
    ("changes", "spec", "named"),
    [
        ({"train_seconds": 5}, replace(SPEC, steps=None, seconds=9.0), "train_seconds"),
        ({"jobs_waiting": 1}, SPEC, "jobs_waiting"),
        ({"jobs_waiting_in_all": 1}, SPEC, "jobs_waiting_in_all"),
        ({"checkpoints_kept": 1}, SPEC, "checkpoints_kept"),
    ],
)
def test_limit_that_is_reached_is_named(home: Path, changes, spec: RunSpec, named: str) -> None:
    allowed = Limits(**{"jobs_waiting": 3, **changes})
    owner = "bob" if named == "jobs_waiting_in_all" else "ann"
    access.submit(ANN, SPEC, allowed=allowed)
    with pytest.raises(UserError, match=f"`{named}` in limits.toml"):
        access.submit(Person(owner), spec, allowed=allowed)


def test_limits_are_read_from_the_file_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("train_seconds = 7\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    assert limits.limits().train_seconds == 7
    (tmp_path / "mine.toml").write_text("train_secs = 7\n")
    with pytest.raises(UserError, match="no option 'train_secs'"):
        limits.limits()


def test_every_shipped_limit_is_declared() -> None:
    assert limits.path() == ROOT / "limits.toml"
    assert limits.limits() == Limits()


def test_no_one_touches_what_is_another_persons(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    for request in (states.PAUSE, states.STOP, states.DISCARD):
        with pytest.raises(UserError, match="not yours"):
            access.request(BOB, job.id, request)
    with pytest.raises(UserError, match="not yours"):
        ownership.rename(BOB, job.name, "His")
    assert access.of(BOB) == []
    assert ownership.visible(BOB, [job.name, "mnist-ae-2"]) == {"mnist-ae-2"}
    assert ownership.visible(ANN, [job.name]) == {job.name}
    ownership.share(ANN, job.name, True)
    assert ownership.visible(BOB, [job.name]) == set()
    assert ownership.visible(with_links(BOB, job.name), [job.name]) == {job.name}


def test_stop_of_a_run_that_waits_to_go_on_is_not_lost(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    access.request(TEACHER, job.id, states.PAUSE)
    access.go_on(ANN, job.id)
    access.request(TEACHER, job.id, states.STOP)
    assert (claimed := table.claim(1))
    assert (claimed.id, claimed.request) == (job.id, states.STOP)


def test_what_is_requested_while_a_run_pauses_is_done(home: Path) -> None:
    ends = {states.STOP: states.QUEUED, states.DISCARD: states.DISCARDED}
    for request, state in ends.items():
        job = access.submit(ANN, SPEC)
        assert (claimed := table.claim(1)) and claimed.id == job.id
        access.request(TEACHER, job.id, states.PAUSE)
        access.request(TEACHER, job.id, request)
        table.end(job.id, states.PAUSED)
        assert table.get(job.id).state == state
        table.give_up(job.name)


def test_names_are_not_guessed_and_titles_are_tidy() -> None:
    names = {ownership.new_name("Ünï · Dense 49!") for _ in range(100)}
    assert len(names) == 100
    assert all(name.startswith("my-n-dense-49-") and len(name) < 64 for name in names)
    assert all(map(ownership.is_private, [*names, ownership.new_name("")]))
    assert not ownership.is_private("mnist-ae-2")
    assert ownership.tidy_title(" a\n\tb\u202e ") == "a b"
    with pytest.raises(UserError, match="at least one letter"):
        ownership.tidy_title(" \n")


def test_run_that_dies_without_progress_fails_after_three_attempts(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    for attempt in range(3):
        claimed = table.claim(1)
        assert claimed and claimed.attempts == attempt + 1
        table.interrupted(job.id, "The process of the run ended without a word.")
    failed = table.get(job.id)
    assert failed.state == states.FAILED
    assert "3 times without any progress" in from_json(failed.message)
    assert table.claim(1) is None


def test_progress_makes_earlier_attempts_forgotten(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    for step in range(1, 6):
        assert table.claim(1)
        table.advance(job.id, {}, [{"step": step, "seconds": 0, "train": {}, "test": {}}])
        table.interrupted(job.id, "gone")
    assert table.get(job.id).state == states.QUEUED
