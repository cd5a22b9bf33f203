"""What the worker makes of a process: one that speaks, falls silent, dies, or does not obey.

The processes are fakes, so that each state is reached at once and every time.
"""

from __future__ import annotations

import errno

import pytest
from sqlalchemy import delete

from ae_core.accounts import limits, ownership
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.database.connection import writing
from ae_core.database.schema import JOBS
from ae_core.errors import UserError
from ae_core.jobs import access, files, states, table, worker
from ae_core.jobs.job import Job
from ae_core.jobs.under_way import steering
from ae_core.jobs.worker import Worker
from ae_core.texts import joined
from ae_core.training.runs import RunSpec
from tests.jobs.fake_processes import FakeContext
from tests.people import ANN, TEACHER

SPEC = RunSpec("ae-2", "digits", steps=400, title="Mine")


@pytest.fixture
def job(at_work: Worker) -> Job:
    """A job whose process has just been started."""
    job = access.submit(ANN, SPEC)
    at_work.turn()
    assert table.get(job.id).state == states.RUNNING
    return job


def test_what_a_process_says_as_it_ends_is_heard(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = fakes.processes[-1]

    def says_its_last_word() -> bool:
        process.say(end=states.FINISHED, message="")
        process.alive = False
        return False

    monkeypatch.setattr(process, "is_alive", says_its_last_word)
    at_work.turn()
    assert table.get(job.id).state == states.FINISHED
    assert len(fakes.processes) == 1


def test_process_that_dies_without_a_word_is_started_again_and_three_times_in_all(
    at_work: Worker, fakes: FakeContext, job: Job
) -> None:
    for attempt in range(3):
        assert table.get(job.id).attempts == attempt + 1
        fakes.processes[-1].kill()
        at_work.turn()  # notes that it is gone
        at_work.turn()  # starts the next one
    assert len(fakes.processes) == 3
    failed = table.get(job.id)
    assert failed.state == states.FAILED
    assert ownership.get(TEACHER, job.name) is None


def test_what_a_process_said_before_it_died_is_written_down_and_its_attempts_are_forgotten(
    at_work: Worker, fakes: FakeContext, job: Job
) -> None:
    for step in range(1, 7):
        fakes.processes[-1].is_at(step)
        fakes.processes[-1].kill()
        at_work.turn()
        assert table.get(job.id).state == states.QUEUED
        at_work.turn()
        assert table.get(job.id).step == step
    assert [event["step"] for event in access.events(TEACHER, job.id)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("alive", [True, False])
def test_last_word_of_a_process_counts_whether_or_not_it_lingers(
    at_work: Worker, fakes: FakeContext, job: Job, alive: bool
) -> None:
    (process,) = fakes.processes
    process.is_at(400)
    process.say(end=states.FINISHED, message="Well done.")
    process.alive = alive
    at_work.turn()
    ended = table.get(job.id)
    assert (ended.state, ended.step, ended.message) == (states.FINISHED, 400, "Well done.")
    assert not process.alive
    at_work.turn()
    assert len(fakes.processes) == 1


def test_request_is_passed_on_once_and_what_the_process_makes_of_it_is_kept(
    at_work: Worker, fakes: FakeContext, job: Job
) -> None:
    (process,) = fakes.processes
    access.request(TEACHER, job.id, states.PAUSE)
    at_work.turn()
    at_work.turn()
    assert process.heard() == [states.PAUSE]
    steering.set_pace(ANN, job.id, 2.0)
    at_work.turn()
    at_work.turn()
    assert process.heard() == [{"values": {}, "pace": 2.0, "until": 0}]
    process.say(end=states.PAUSED, message="")
    at_work.turn()
    assert table.get(job.id).state == states.PAUSED
    access.go_on(ANN, job.id)
    at_work.turn()
    assert len(fakes.processes) == 2


def test_process_that_does_not_discard_is_killed_and_leaves_nothing(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.folder(job.name).mkdir(parents=True)
    access.request(TEACHER, job.id, states.DISCARD)
    at_work.turn()
    assert fakes.processes[0].is_alive()  # it may do so by itself
    monkeypatch.setattr(worker, "REQUEST_SECONDS", 0.0)
    at_work.turn()
    at_work.turn()
    assert not fakes.processes[0].is_alive()
    assert table.get(job.id).state == states.DISCARDED
    assert not files.folder(job.name).exists()
    assert ownership.get(TEACHER, job.name) is None


def held(at_work: Worker, fakes: FakeContext) -> None:
    """Let the process say that the disk does not take the run."""
    if fakes.processes[-1].is_alive():
        fakes.processes[-1].say(end=states.PAUSED, message="The disk is full.")
    at_work.turn()


def test_run_that_the_disk_does_not_take_goes_on_by_itself_once_there_is_room(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(at_work, fakes)
    rests = table.get(job.id)
    assert (rests.state, rests.message) == (states.PAUSED, "The disk is full.")
    monkeypatch.setattr(worker, "HELD_SECONDS", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr("ae_core.storage.folders.takes", lambda folder, size: False)
        at_work.turn()
    assert table.get(job.id).state == states.PAUSED
    at_work.turn()
    at_work.turn()
    assert table.get(job.id).state == states.RUNNING
    assert table.get(job.id).message == ""


def test_run_that_the_disk_never_takes_waits_for_a_click(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HELD_SECONDS", 0.0)
    for _ in range(10):
        held(at_work, fakes)
    assert len(fakes.processes) == table.MOST_ATTEMPTS
    assert table.get(job.id).state == states.PAUSED
    access.go_on(ANN, job.id)
    at_work.turn()
    assert len(fakes.processes) == table.MOST_ATTEMPTS + 1


def test_what_was_to_be_kept_when_the_disk_did_not_take_it_is_kept_later(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    access.request(ANN, job.id, states.STOP)
    held(at_work, fakes)
    assert (table.get(job.id).state, table.get(job.id).request) == (states.PAUSED, states.STOP)
    monkeypatch.setattr(worker, "HELD_SECONDS", 0.0)
    for _ in range(3):
        at_work.turn()
    assert fakes.processes[-1].heard() == [states.STOP]


def test_run_whose_row_is_gone_keeps_its_files_as_the_database_may_have_been_emptied(
    at_work: Worker, fakes: FakeContext, job: Job
) -> None:
    files.folder(job.name).mkdir(parents=True)
    with writing() as connection:
        connection.execute(delete(JOBS))
    for _ in range(2):
        at_work.turn()
    assert not fakes.processes[0].is_alive()
    assert files.folder(job.name).exists()


def test_silent_process_is_killed_and_its_job_goes_on(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.turn()
    assert fakes.processes[0].is_alive()
    monkeypatch.setattr(worker, "SILENT_SECONDS", 0.0)
    at_work.turn()
    assert not fakes.processes[0].is_alive()
    at_work.turn()
    at_work.turn()
    assert table.get(job.id).attempts == 2


class Brief(Worker):
    """A worker that leaves after its first turn."""

    def turn(self) -> None:
        super().turn()
        self.leave()


def test_worker_that_leaves_ends_its_processes_and_no_attempt_is_lost(fakes: FakeContext) -> None:
    job = access.submit(ANN, SPEC)
    Brief(context=fakes).run()
    (process,) = fakes.processes
    left = table.get(job.id)
    assert not process.is_alive()
    assert (left.state, left.attempts) == (states.QUEUED, 0)


def test_job_of_a_killed_worker_is_taken_up_by_the_next(job: Job) -> None:
    others = FakeContext()
    Brief(context=others).run()
    assert len(others.processes) == 1
    assert [each.id for each in access.everything(TEACHER)] == [job.id]


def test_job_is_forgotten_only_after_its_end_is_written_and_nothing_it_said_is_lost(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = access.submit(Person("ben"), SPEC)
    (process, *_) = fakes.processes
    process.is_at(400)
    process.say(end=states.FINISHED, message="")
    process.alive = False

    def locked(*_: object, **__: object) -> None:
        raise UserError(joined("The database is locked."))

    for name in ("advance", "end"):
        with monkeypatch.context() as patched:
            patched.setattr(table, name, locked)
            at_work.turn()
        assert table.get(job.id).state == states.RUNNING
        assert job.id in at_work.jobs
    at_work.turn()
    ended = table.get(job.id)
    assert (ended.state, ended.step) == (states.FINISHED, 400)
    assert [event["step"] for event in access.events(TEACHER, job.id)] == [400]
    assert job.id not in at_work.jobs
    assert table.get(other.id).state != states.FAILED


def test_run_that_cannot_be_started_waits_and_the_others_go_on(
    at_work: Worker, fakes: FakeContext, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = access.submit(Person("ben"), SPEC)

    def full(_: Job) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(limits, "limits", lambda: Limits(running_at_once=2))
    with monkeypatch.context() as patched:
        patched.setattr(at_work, "start", full)
        for step in range(1, 6):
            fakes.processes[0].is_at(step)
            at_work.turn()
            assert table.get(job.id).step == step
    waits = table.get(other.id)
    assert (waits.state, waits.attempts) == (states.QUEUED, 0)
    assert "could not be started (Resource temporarily unavailable)" in waits.message
    at_work.turn()
    assert table.get(other.id).state == states.RUNNING


def test_run_whose_row_is_gone_is_forgotten(at_work: Worker, fakes: FakeContext, job: Job) -> None:
    access.forget(TEACHER, job.id)
    fakes.processes[0].alive = False
    at_work.turn()
    assert at_work.jobs == {}


def test_run_that_has_ended_when_the_worker_leaves_is_over(fakes: FakeContext) -> None:
    class Ending(Worker):
        """Leaves as its run says its last word."""

        def leave(self) -> None:
            fakes.processes[0].say(end=states.FINISHED, message="")
            super().leave()

        def turn(self) -> None:
            super().turn()
            self.leave()

    job = access.submit(ANN, SPEC)
    Ending(context=fakes).run()
    assert table.get(job.id).state == states.FINISHED
