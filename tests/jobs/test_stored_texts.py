"""Why a run or an analysis failed is stored as a message, and read in the language of the reader.

The processes speak another language than who reads.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ae_core import analyses
from ae_core.analyses import Told
from ae_core.errors import UserError
from ae_core.jobs import access, analysis_results, states, table, trainer
from ae_core.jobs.analysis_runner import AnalysisRunner
from ae_core.jobs.job import Job
from ae_core.jobs.worker import Worker
from ae_core.texts import _, ngettext
from ae_core.training.runs import RunSpec
from tests.languages import learn
from tests.people import ANN, TEACHER

FORK = multiprocessing.get_context("fork")

SPEC = RunSpec("ae-2", "digits", steps=4, recipe={"threads": 1})

GERMAN: dict[Any, Any] = {
    "The disk is full: {megabytes:,} MB.": "Die Platte ist voll: {megabytes:,} MB.",
    "{reason} The weights of step {step:,} are kept.": (
        "{reason} Die Gewichte von Schritt {step:,} bleiben."
    ),
    "turn {turn} of {turns}": "Runde {turn} von {turns}",
    ("{count} point is too few.", "{count} points are too few."): (
        "{count} Punkt ist zu wenig.", "{count} Punkte sind zu wenig.",
    ),
    ("{reason} That happened {count} time without any progress.",
     "{reason} That happened {count} times without any progress."): (
        "{reason} Das geschah {count} Mal ohne Fortschritt.",
        "{reason} Das geschah {count} Male ohne Fortschritt.",
    ),
    "The worker was restarted.": "Der Arbeiter wurde neu gestartet.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on the reader reads German."""
    learn(monkeypatch, tmp_path / "locale", "de", GERMAN)
    return lambda: monkeypatch.setenv("AE_LANGUAGE", "de")


def until_over(number: int) -> Job:
    at_work = Worker(context=FORK)
    end = time.monotonic() + 60
    while not (job := table.get(number)).is_over and time.monotonic() < end:
        at_work.turn()
        time.sleep(0.02)
    return job


def answered(row: analysis_results.Row, done: Callable[[analysis_results.Row], bool]) -> str:
    """What a question says of itself as soon as it is done."""
    runner, end = AnalysisRunner(FORK), time.monotonic() + 60
    while time.monotonic() < end:
        runner.turn()
        found = analysis_results.get(TEACHER, row.key)
        assert found is not None
        if done(found):
            runner.leave()
            return found.words
        time.sleep(0.02)
    raise AssertionError(found)


def words_of(row: analysis_results.Row) -> str:
    """What a question says of itself now."""
    found = analysis_results.get(TEACHER, row.key)
    assert found is not None
    return found.words


def test_why_a_run_failed_is_read_in_another_language(
    monkeypatch: pytest.MonkeyPatch, german: Callable[[], None]
) -> None:
    def full(*__: object) -> NoReturn:
        raise UserError(_("The disk is full: {megabytes:,} MB.", megabytes=12_000))

    monkeypatch.setattr(trainer, "begun", full)
    failed = until_over(access.submit(ANN, SPEC).id)
    assert failed.state == states.FAILED
    assert failed.message == "The disk is full: 12,000 MB."
    german()
    assert table.get(failed.id).message == "Die Platte ist voll: 12.000 MB."


def test_what_a_broken_run_has_kept_is_read_in_another_language(
    monkeypatch: pytest.MonkeyPatch, german: Callable[[], None]
) -> None:
    def full(*__: object) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr(trainer, "trained", full)
    monkeypatch.setattr(
        trainer, "in_words", lambda __: _("The disk is full: {megabytes:,} MB.", megabytes=1)
    )
    monkeypatch.setattr(trainer, "salvaged", lambda __: 1200)
    failed = until_over(access.submit(ANN, SPEC).id)
    german()
    assert table.get(failed.id).message == (
        "Die Platte ist voll: 1 MB. Die Gewichte von Schritt 1.200 bleiben."
    )


def test_notes_of_a_run_that_went_well_are_read_in_another_language(
    monkeypatch: pytest.MonkeyPatch, german: Callable[[], None]
) -> None:
    began = trainer.begun

    def with_notes(*arguments: Any) -> Any:
        run = began(*arguments)
        run.notes.append(_("The disk is full: {megabytes:,} MB.", megabytes=1))
        run.notes.append(_("The worker was restarted."))
        return run

    monkeypatch.setattr(trainer, "begun", with_notes)
    finished = until_over(access.submit(ANN, SPEC).id)
    assert finished.state == states.FINISHED
    assert finished.message == "The disk is full: 1 MB. The worker was restarted."
    german()
    assert table.get(finished.id).message == (
        "Die Platte ist voll: 1 MB. Der Arbeiter wurde neu gestartet."
    )


def test_why_a_run_was_given_up_is_read_in_another_language(german: Callable[[], None]) -> None:
    job = access.submit(ANN, SPEC)
    for __ in range(table.MOST_ATTEMPTS):
        assert table.claim(1)
        table.interrupted(job.id, _("The worker was restarted."))
    german()
    assert table.get(job.id).message == (
        "Der Arbeiter wurde neu gestartet. Das geschah 3 Male ohne Fortschritt."
    )


def test_why_an_analysis_failed_is_read_in_another_language(
    monkeypatch: pytest.MonkeyPatch, german: Callable[[], None]
) -> None:
    def refused(kind: str, asked: object, told: Told) -> NoReturn:
        raise UserError(ngettext("{count} point is too few.", "{count} points are too few.", 7))

    monkeypatch.setattr(analyses, "compute", refused)
    row = analysis_results.ask(ANN, "dimensions", {})
    words = answered(row, lambda now: now.state == analysis_results.FAILED)
    assert words == "7 points are too few."
    german()
    assert words_of(row) == "7 Punkte sind zu wenig."


def test_how_far_an_analysis_is_is_read_in_another_language(
    monkeypatch: pytest.MonkeyPatch, german: Callable[[], None]
) -> None:
    def slow(kind: str, asked: object, told: Told) -> NoReturn:
        while True:
            told(0.5, _("turn {turn} of {turns}", turn=3, turns=6))
            time.sleep(0.02)

    monkeypatch.setattr(analyses, "compute", slow)
    row = analysis_results.ask(ANN, "dimensions", {})
    words = answered(row, lambda now: now.share > 0)
    assert words == "turn 3 of 6"
    german()
    assert words_of(row) == "Runde 3 von 6"


def test_what_a_version_before_has_written_is_shown_as_it_is(german: Callable[[], None]) -> None:
    job = access.submit(ANN, SPEC)
    assert table.claim(1)
    table.end(job.id, states.FAILED, "The disk was full.")
    german()
    assert table.get(job.id).message == "The disk was full."


def test_failure_keeps_its_message_and_is_shown_as_it_is() -> None:
    failure = UserError(_("The disk is full: {megabytes:,} MB.", megabytes=5))
    assert failure.text == str(failure) == "The disk is full: 5 MB."
    assert failure.text.values == {"megabytes": 5}
