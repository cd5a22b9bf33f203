"""A worker with nothing to do, and the questions beside its runs."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import Engine, event

from ae_core.errors import UserError
from ae_core.jobs import access, analysis_results, states, waking, worker
from ae_core.jobs.analysis_runner import AnalysisRunner
from ae_core.jobs.worker import Worker
from ae_core.texts import joined
from ae_core.training.runs import RunSpec
from tests.jobs.fake_processes import FakeContext
from tests.people import ANN, TEACHER

SPEC = RunSpec("ae-2", "digits", steps=400, title="Mine")


def test_idle_worker_asks_twice_in_a_turn(at_work: Worker, fakes: FakeContext) -> None:
    """And takes a turn each half a second: four questions a second."""
    asked: list[str] = []

    def count(*arguments: Any) -> None:
        asked.append(arguments[2])

    runner = AnalysisRunner(fakes)
    at_work.swept = time.monotonic()  # sweeping asks too, each few minutes, beside the turns
    at_work.turn()
    event.listen(Engine, "before_cursor_execute", count)
    at_work.turn()
    runner.turn()
    event.remove(Engine, "before_cursor_execute", count)
    questions = [each for each in asked if not each.startswith("BEGIN")]
    assert len(questions) == 2
    assert len(questions) / worker.IDLE_SECONDS < 5


def test_idle_worker_is_woken_by_a_run_and_by_a_question(
    fakes: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 60.0)
    at_work = Worker(context=fakes)
    working = threading.Thread(target=at_work.run, daemon=True)
    working.start()
    time.sleep(0.5)
    try:
        for count, ask in enumerate((
            lambda: access.submit(ANN, SPEC),
            lambda: analysis_results.ask(ANN, "dimensions", {}),
        ), 1):  # fmt: skip
            began = time.monotonic()
            ask()
            while len(fakes.processes) < count:
                assert time.monotonic() - began < 20
                time.sleep(0.01)
            if count == 1:
                fakes.processes[0].say(end=states.PAUSED, message="")
                while at_work.jobs:
                    time.sleep(0.01)
    finally:
        at_work.leave()
        waking.wake()
        working.join(20)


def test_question_that_was_never_started_is_answered_after_all(
    fakes: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = AnalysisRunner(fakes)
    row = analysis_results.ask(ANN, "dimensions", {})

    def full(_: object) -> None:
        raise OSError("too many processes")

    with monkeypatch.context() as patched:
        patched.setattr(runner, "begin", full)
        with pytest.raises(OSError, match="too many"):
            runner.turn()
    runner.turn()
    assert list(runner.at) == [row.key]


def test_why_a_question_failed_is_not_lost_while_the_table_is_locked(
    fakes: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = AnalysisRunner(fakes)
    row = analysis_results.ask(ANN, "dimensions", {})
    runner.turn()
    fakes.processes[0].say(failed="There are too few images.")

    def locked(*_: object) -> None:
        raise UserError(joined("The database is locked."))

    with monkeypatch.context() as patched:
        patched.setattr(analysis_results, "fail", locked)
        with pytest.raises(UserError):
            runner.turn()
    runner.turn()
    found = analysis_results.get(TEACHER, row.key)
    assert found is not None
    assert (found.state, found.words) == (analysis_results.FAILED, "There are too few images.")
