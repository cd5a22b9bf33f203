"""Runs that another version of the app asked for: shown, ended in words, in nobody's way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.database.connection import writing
from ae_core.database.schema import JOBS
from ae_core.jobs import access, files, states, sweeping, table, waits
from ae_core.jobs.job import OTHER_VERSION, Job
from ae_core.jobs.under_way import steering
from ae_core.training.runs import RunSpec
from tests.pages.app_pages import opened
from tests.people import ANN, BOB, TEACHER

pytestmark = pytest.mark.usefixtures("fresh_caches")

ROOT = Path(__file__).resolve().parents[2]

SPEC = RunSpec("ae-2", "digits", steps=9, title="Mine")

CHANGES: dict[str, dict[str, Any]] = {
    "a field that is not known": {"momentum": 0.9},
    "a preset that is not known": {"preset": "ae-9000"},
    "a recipe that is not known": {"recipe_name": "slow"},
    "a noise that is not known": {"noise": {"kind": "rain"}},
    "another kind of value": {"seconds": "a minute"},
    "a title that is none": {"title": None},
    "nothing of what is needed": {"preset": []},
}


def written(job: Job, spec: str) -> Job:
    """The same job, its spec as another version wrote it."""
    with writing() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(spec=spec))
    return table.get(job.id)


def foreign(owner: str = "ann", **changes: Any) -> Job:
    job = access.submit(Person(owner), SPEC)
    return written(job, json.dumps({**job.spec.to_dict(), **(changes or {"momentum": 0.9})}))


@pytest.mark.parametrize("case", CHANGES)
def test_it_is_listed_and_never_claimed(case: str) -> None:
    job = foreign(**CHANGES[case])
    assert not job.is_readable
    assert "made by another version" in job.spec.title
    other = access.submit(BOB, SPEC)
    assert access.of(ANN) == [job]
    assert {each.id for each in access.everything(TEACHER)} == {job.id, other.id}
    assert waits.of(other, 1)[0] == 1
    claimed = table.claim(1)
    assert claimed and claimed.id == other.id
    assert table.get(job.id).state == states.FAILED
    assert table.get(job.id).message == OTHER_VERSION
    assert table.claim(2) is None


@pytest.mark.parametrize("spec", ["", "null", "[]", "7", "{", '"spec"', "{}"])
def test_what_is_no_spec_at_all_is_in_nobodys_way(spec: str) -> None:
    job = written(access.submit(ANN, SPEC), spec)
    assert not job.is_readable
    assert table.claim(1) is None
    assert table.get(job.id).state == states.FAILED


def test_a_run_that_is_full_up_is_told_all_the_same() -> None:
    access.submit(BOB, SPEC)
    assert table.claim(1)
    job = foreign()
    assert table.claim(1) is None
    assert table.get(job.id).state == states.FAILED


def test_one_that_was_running_ends_in_words_as_soon_as_its_worker_is_replaced() -> None:
    job = access.submit(ANN, SPEC)
    assert table.claim(1)
    written(job, json.dumps({**job.spec.to_dict(), "momentum": 0.9}))
    table.interrupted(job.id, "The worker was restarted.")
    assert table.claim(1) is None
    assert table.get(job.id).message == OTHER_VERSION


def test_what_is_left_of_runs_without_a_result_counts_no_longer() -> None:
    refused, gone = foreign(), access.submit(ANN, SPEC)
    for job in (refused, gone):
        files.folder(job.name).mkdir(parents=True)
    assert table.claim(0) is None
    access.request(ANN, gone.id, states.DISCARD)
    waiting = access.submit(ANN, SPEC)
    sweeping.sweep()
    assert [each.name for each in ownership.of(ANN, ownership.CHECKPOINT)] == [waiting.name]
    assert not files.folder(refused.name).exists()
    assert not files.folder(gone.name).exists()
    assert table.without_result() == []


def test_a_failed_run_whose_weights_were_kept_keeps_them(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    assert table.claim(1)
    table.end(job.id, states.FAILED, "The weights of step 4 are kept.")
    ownership.weigh(job.name, 100)
    sweeping.sweep()
    assert ownership.get(TEACHER, job.name)


# On the pages.


def said(app: AppTest) -> str:
    return " ".join(each.value for kind in (app.markdown, app.warning, app.error) for each in kind)


@pytest.fixture
def ann(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "ann")
    return "ann"


def test_the_page_says_so_and_the_run_can_be_thrown_away(ann: str) -> None:
    job, other = foreign(), access.submit(ANN, SPEC)
    app = opened("train")
    assert not app.exception
    assert app.selectbox(key="job-box").value == other.id
    app.selectbox(key="job-box").select(job.id).run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert OTHER_VERSION in said(app)
    app.button(key=f"discard-{job.id}").click().run()
    assert not app.exception
    assert table.get(job.id).state == states.DISCARDED


def test_one_that_has_failed_can_be_taken_off_the_list(ann: str) -> None:
    job = foreign()
    assert table.claim(1) is None
    app = opened("train")
    assert OTHER_VERSION in said(app)
    app.button(key=f"forget-{job.id}").click().run()
    assert not app.exception
    assert access.of(ANN) == []


def test_the_model_of_one_that_has_ended_well_is_at_hand(ann: str, tiny: str) -> None:
    job = foreign()
    with writing() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(state=states.FINISHED))
    there = checkpoints.find(tiny)
    shutil.copytree(there, there.with_name(job.name))
    card = there.with_name(job.name) / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "name": job.name}))
    app = opened("train")
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "Open its map" in [button.label for button in app.button]
    app.button(key=f"delete-{job.id}").click().run()
    assert not app.exception
    assert access.of(ANN) == []
    assert ownership.of(ANN, ownership.CHECKPOINT) == []


def test_the_classroom_shows_it_and_can_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job = foreign(owner="bob")
    monkeypatch.setenv("AE_TEACHER_KEY", "a long word")
    app = AppTest.from_file(str(ROOT / "pages" / "ui" / "menu.py"), default_timeout=60)
    app.session_state["teacher"] = True
    app.switch_page("../classroom.py").run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "made by another version" in said(app)
    app.button(key=f"end-{job.id}").click().run()
    assert not app.exception
    assert table.get(job.id).state == states.DISCARDED


@pytest.mark.parametrize("controls", ['{"width": 3}', '{"pace": "slow"}', "null", "[1]", "{", ""])
def test_controls_that_another_version_wrote_are_none(controls: str) -> None:
    job = access.submit(ANN, SPEC)
    with writing() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(controls=controls))
    assert access.of(ANN) == [job]
    assert table.requests([job.id]) == {job.id: (states.NONE, states.NO_CONTROLS)}
    steering.set_pace(ANN, job.id, 2.0)
    assert table.get(job.id).controls == states.Controls(pace=2.0)
