"""Analyses by the background worker: kept, shared, stopped, interrupted. Real processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch

from ae_core import analyses, checkpoints, image_sets, latent
from ae_core.accounts.person import Person
from ae_core.analyses import Answer
from ae_core.errors import UserError
from ae_core.evaluation import metrics
from ae_core.jobs import analysis_results, analysis_runner, answers_so_far
from ae_core.jobs.analysis_runner import AnalysisRunner
from tests.pages import app_pages
from tests.people import ANN, BOB, TEACHER

ROOT = Path(__file__).resolve().parents[2]
KIND = "wait_for_tests"


@pytest.fixture(autouse=True)
def kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An analysis of our own, which processes of their own find, too."""
    package = tmp_path / "more"
    package.mkdir()
    (package / f"{KIND}.py").write_text(
        "import time, torch\n"
        "from ae_core.analyses import Answer\n"
        "from ae_core.errors import UserError\n"
        "from ae_core.texts import _\n"
        "VERSION = 1\n"
        "def compute(asked, told):\n"
        "    if asked.get('refuse'):\n"
        "        raise UserError(_('There are too few points.'))\n"
        "    for i in range(asked['turns']):\n"
        "        told(i / asked['turns'], f'turn {i}', Answer({}, {'turn': i}))\n"
        "        time.sleep(0.02)\n"
        "    return Answer({'x': torch.arange(3)}, {'turns': asked['turns']})\n"
    )
    monkeypatch.setattr(analyses, "__path__", [*analyses.__path__, str(package)])
    monkeypatch.setattr(analyses, "NAMES", [*analyses.NAMES, KIND])
    return package


def new_runner() -> AnalysisRunner:
    return AnalysisRunner(multiprocessing.get_context("fork"))


def until(
    runner: AnalysisRunner, key: str, *states: str, seconds: float = 20
) -> analysis_results.Row:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        runner.turn()
        row = analysis_results.get(TEACHER, key)
        assert row is not None
        if row.state in states:
            return row
        time.sleep(0.02)
    raise AssertionError(analysis_results.get(TEACHER, key))


def test_answer_reads_back_as_it_was_written() -> None:
    answer = Answer({"a": torch.rand(3, 2)}, {"b": [1, "ü", None]})
    again = analyses.from_bytes(answer.to_bytes())
    assert torch.equal(again.tensors["a"], answer.tensors["a"])
    assert again.values == answer.values
    for torn in (b"", answer.to_bytes()[:-1], b"\0" * 100):
        with pytest.raises(ValueError, match="not an answer"):
            analyses.from_bytes(torn)


def test_one_question_has_one_answer_whoever_asks() -> None:
    row = analysis_results.ask(ANN, KIND, {"turns": 3})
    assert analysis_results.ask(BOB, KIND, {"turns": 3}) == row
    assert analysis_results.ask(BOB, KIND, {"turns": 4}).key != row.key
    done = until(new_runner(), row.key, analysis_results.READY)
    assert done.owner == "ann"
    found = analysis_results.read(TEACHER, row.key)
    assert found is not None
    assert (found.values, found.tensors["x"].tolist()) == ({"turns": 3}, [0, 1, 2])
    assert analysis_results.ask(BOB, KIND, {"turns": 3}).state == analysis_results.READY


def test_lost_file_is_worked_out_again() -> None:
    row = analysis_results.ask(ANN, KIND, {"turns": 1})
    analysis_runner.answer_all()
    analysis_results.path(row.key).unlink()
    assert analysis_results.read(TEACHER, row.key) is None
    assert analysis_results.ask(ANN, KIND, {"turns": 1}).state == analysis_results.WAITING


def test_it_says_how_far_it_is_and_stops_only_for_who_asked() -> None:
    runner = new_runner()
    row = analysis_results.ask(ANN, KIND, {"turns": 1000})
    until(runner, row.key, analysis_results.WORKING)
    end = time.monotonic() + 10
    while (
        (now := analysis_results.get(TEACHER, row.key))
        and now.share == 0
        and time.monotonic() < end
    ):
        runner.turn()
        time.sleep(0.05)
    assert now is not None
    assert 0 < now.share < 1
    assert now.words.startswith("turn ")
    known = answers_so_far.read(ANN, row.key)
    assert known is not None and 0 <= known.values["turn"] < 1000
    analysis_results.sweep()
    assert answers_so_far.path(row.key).is_file()
    with pytest.raises(UserError, match="not yours"):
        analysis_results.stop(BOB, row.key)
    until(runner, row.key, analysis_results.WORKING)
    analysis_results.stop(ANN, row.key)
    process = runner.at[row.key].process
    runner.turn()
    assert not process.is_alive()
    assert answers_so_far.read(ANN, row.key) is None
    assert not answers_so_far.path(row.key).exists()
    assert analysis_results.ask(BOB, KIND, {"turns": 1000}).owner == "bob"


def test_people_take_turns_and_the_latest_of_each_comes_first() -> None:
    for owner, turns in [("ann", 1), ("ann", 2), ("ann", 3), ("bob", 4), ("cid", 5)]:
        analysis_results.ask(Person(owner), KIND, {"turns": turns})
    order = []
    while row := analysis_results.claim():
        order.append(row.asked["turns"])
        analysis_results.keep(row.key, Answer())
    assert order == [3, 4, 5, 2, 1]


def test_who_has_nothing_at_work_comes_first() -> None:
    for owner, turns in [("ann", 1), ("ann", 2), ("bob", 3)]:
        analysis_results.ask(Person(owner), KIND, {"turns": turns})
    assert [row.owner for row in (analysis_results.claim(), analysis_results.claim()) if row] == [
        "ann",
        "bob",
    ]


def test_damaged_answer_is_worked_out_again() -> None:
    row = analysis_results.ask(ANN, KIND, {"turns": 1})
    analysis_runner.answer_all()
    analysis_results.path(row.key).write_bytes(b"nothing")
    assert analysis_results.ask(ANN, KIND, {"turns": 1}).state == analysis_results.WAITING


def test_question_that_was_stopped_and_asked_again_has_one_process() -> None:
    runner = new_runner()
    row = analysis_results.ask(ANN, KIND, {"turns": 1000})
    until(runner, row.key, analysis_results.WORKING)
    former = runner.at[row.key].process
    analysis_results.stop(ANN, row.key)
    analysis_results.ask(ANN, KIND, {"turns": 1000})
    until(runner, row.key, analysis_results.WORKING)
    assert not former.is_alive()
    runner.leave()


def test_process_of_a_question_ends_with_its_worker() -> None:
    script = (
        "import multiprocessing, os, sys, time\n"
        "from ae_core.jobs import analysis_runner\n"
        "context = multiprocessing.get_context('fork')\n"
        "ours, theirs = context.Pipe()\n"
        "def main():\n"
        "    ours.close()\n"
        "    import threading\n"
        "    threading.Thread(target=analysis_runner.end_with_the_worker, args=(theirs,)).start()\n"
        "    time.sleep(60)\n"
        "process = context.Process(target=main)\n"
        "process.start()\n"
        "print(process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    number = int(said.stdout)
    end = time.monotonic() + 10
    while psutil.pid_exists(number) and time.monotonic() < end:
        time.sleep(0.05)
    assert not psutil.pid_exists(number)


def test_what_nobody_wants_any_more_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    row = analysis_results.ask(ANN, KIND, {"turns": 1})
    assert analysis_results.claim()
    analysis_results.stop(ANN, row.key)
    analysis_results.keep(row.key, Answer())
    assert not analysis_results.path(row.key).exists()
    stray = analysis_results.path("stray")
    stray.write_bytes(b"")
    later = time.time() + analysis_results.STALE_SECONDS + 1
    monkeypatch.setattr("ae_core.jobs.analysis_results.time.time", lambda: later)
    analysis_results.sweep()
    assert not stray.exists()
    assert analysis_results.get(TEACHER, row.key) is None


def test_quick_question_does_not_wait_for_a_long_one() -> None:
    runner = new_runner()
    long = analysis_results.ask(ANN, KIND, {"turns": 1000})
    until(runner, long.key, analysis_results.WORKING)
    until(runner, analysis_results.ask(BOB, KIND, {"turns": 1}).key, analysis_results.READY)
    assert until(runner, long.key, analysis_results.WORKING).attempts == 1
    runner.leave()
    assert not runner.at


def test_question_without_an_answer_says_why() -> None:
    row = analysis_results.ask(ANN, KIND, {"turns": 1, "refuse": True})
    failed = until(new_runner(), row.key, analysis_results.FAILED)
    assert failed.words == "There are too few points."


def test_killed_process_is_started_again_but_not_for_ever() -> None:
    runner = new_runner()
    row = analysis_results.ask(ANN, KIND, {"turns": 1000})
    for attempt in range(1, analysis_results.MOST_ATTEMPTS + 1):
        assert until(runner, row.key, analysis_results.WORKING).attempts == attempt
        os.kill(int(runner.at[row.key].process.pid or 0), signal.SIGKILL)
        until(runner, row.key, analysis_results.WAITING, analysis_results.FAILED)
    failed = analysis_results.get(TEACHER, row.key)
    assert failed is not None
    assert failed.state == analysis_results.FAILED
    assert "three times" in failed.words


def test_question_of_a_worker_that_is_gone_is_taken_up_again() -> None:
    row = analysis_results.ask(ANN, KIND, {"turns": 1})
    assert analysis_results.claim()
    again = new_runner()
    assert until(again, row.key, analysis_results.WORKING).attempts == 2
    until(again, row.key, analysis_results.READY)


def test_limit_that_is_reached_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text("answers_waiting = 2\nmegabytes_of_answers = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    for turns in (1, 2):
        analysis_results.ask(ANN, KIND, {"turns": turns})
        assert analysis_results.claim()
    with pytest.raises(UserError, match=r"`answers_waiting` in mine\.toml"):
        analysis_results.ask(ANN, KIND, {"turns": 3})
    analysis_results.ask(BOB, KIND, {"turns": 3})
    (tmp_path / "mine.toml").write_text("answers_waiting_in_all = 3\n")
    with pytest.raises(UserError, match=r"`answers_waiting_in_all` in mine\.toml"):
        analysis_results.ask(Person("cid"), KIND, {"turns": 4})


def test_new_question_over_the_limit_stops_the_oldest_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("answers_waiting = 3\nanswers_waiting_in_all = 5\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    at_work = analysis_results.ask(ANN, KIND, {"turns": 1})
    assert analysis_results.claim()
    theirs = analysis_results.ask(BOB, KIND, {"turns": 1, "of": "bob"})
    asked = [analysis_results.ask(ANN, KIND, {"turns": turns}) for turns in (2, 3, 4, 5)]

    def states() -> list[str]:
        rows = [analysis_results.get(TEACHER, row.key) for row in (at_work, theirs, *asked)]
        return [row.state for row in rows if row]

    waits, works, stopped = (
        analysis_results.WAITING,
        analysis_results.WORKING,
        analysis_results.STOPPED,
    )
    assert states() == [works, waits, stopped, stopped, waits, waits]
    analysis_results.ask(Person("cid"), KIND, {"turns": 6})
    with pytest.raises(UserError, match="5 computations under way"):
        analysis_results.ask(Person("dan"), KIND, {"turns": 7})
    # Who asks in the place of a question of their own adds none.
    analysis_results.ask(ANN, KIND, {"turns": 8})
    assert states() == [works, waits, stopped, stopped, stopped, waits]
    # Two pages of one person: that of a stopped question offers it, and does not ask it again.
    row = analysis_results.find(TEACHER, KIND, {"turns": 2})
    assert row is not None
    assert row.state == stopped


def test_oldest_answers_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text("megabytes_of_answers = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    keys = []
    for turns in range(3):
        keys.append(analysis_results.ask(ANN, KIND, {"turns": turns}).key)
        assert analysis_results.claim()
        analysis_results.keep(keys[-1], Answer({"x": torch.zeros(800, 200)}))
    analysis_results.sweep()
    assert [analysis_results.path(key).exists() for key in keys] == [False, False, True]
    assert [analysis_results.get(TEACHER, key) is not None for key in keys] == [False, False, True]


@pytest.mark.usefixtures("fresh_caches")
def test_mean_error_over_images_that_a_model_did_not_learn_from_is_asked() -> None:
    app = app_pages.opened("reconstruct", model="mnist-dense-49")  # MNIST is not here
    assert "the mean error is" not in app_pages.words(app)
    assert [button.label for button in app.button if button.label == "Stop"]
    analysis_runner.answer_all()
    images = image_sets.load("digits").test
    x_hat = latent.reconstruct(checkpoints.load("mnist-dense-49").model, images)
    mean = metrics.mse(x_hat, images.float().div(255)).mean()
    said = rf"Over all 360 test images of Built\-in digits the mean error is {mean:.4f}."
    assert said in app_pages.words(app.run())
