"""The pages of lessons: what only a teacher sees, and a lesson that a teacher has brought."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ae_core.lessons import own, reading
from ae_core.lessons.lesson import Question
from pages.ui.lessons import answers, checking, copying
from tests.lessons.test_reading import LESSON, STEP
from tests.pages.app_pages import opened, words

pytestmark = pytest.mark.usefixtures("fresh_caches", "server_decodes")


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_TEACHER_KEY", "a long enough key of a teacher")


def as_teacher(app: AppTest) -> AppTest:
    app.session_state["teacher"] = True
    return app.run()


def test_notes_stand_beside_a_step_for_a_teacher_alone(teacher: None) -> None:
    app = opened("compare", lesson="squeeze", step="1")
    assert not [each for each in app.toggle if each.key == "lesson-notes"]
    app = as_teacher(app)
    app.toggle(key="lesson-notes").set_value(True).run()
    assert "They often say" in words(app)


def test_state_of_a_page_copied_as_a_step_is_a_step_of_a_lesson() -> None:
    state = {
        "model": "digits-ae-8", "size": 8, "which": "worst", "drawing": [1, 2], "lesson": "squeeze",
        "step": 2, "differences": False,
    }  # fmt: skip
    text = copying.step("compare", state)
    lesson = reading.read((LESSON + text).encode(), "mine", "mine.md")
    checking.check(lesson, "mine.md")
    (step,) = lesson.steps
    assert step.page == "compare"
    assert step.state == {name: each for name, each in state.items()
                          if name not in ("lesson", "step")}  # fmt: skip


def test_step_can_be_copied_at_the_foot_of_each_page_by_a_teacher_alone(teacher: None) -> None:
    app = opened("compare", size="4")
    assert not app.code
    assert "size = 4" in as_teacher(app).code[-1].value


def test_a_lesson_that_was_brought_opens_by_its_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_HOME", str(tmp_path))
    kept = own.keep((LESSON + STEP.replace("Look at it.", "Look at *mine*.")).encode(), "mine.md")
    app = opened("compare", lesson=kept.name)
    assert "Look at *mine*." in words(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("lesson", "step"), [("nothing", "1"), ("squeeze", "6.5"), ("0" * 64, "2")]
)
def test_lesson_that_is_none_is_left_out_of_the_address(lesson: str, step: str) -> None:
    app = opened("models", lesson=lesson, step=step)
    assert not app.exception
    assert "left out of the address" in words(app)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", '{"squeeze/3": "<b>"}', '{"squeeze/3": true}', '{"squeeze/3": null}',
     '{"squeeze/3": 4}', '{"squeeze/3": 0.5}', '{"squeeze/3": NaN}', '{"squeeze/3": [1]}',
     '{"squeeze/3": {"a": 1}}', "[" * 900, '{"squeeze/3": 1, ' + " " * 2000 + "}"],
)  # fmt: skip
def test_what_a_browser_kept_that_is_no_answer_counts_as_none(text: str) -> None:
    choice = Question("choice", "Which?", ("the 1", "the 5", "the 8"))
    assert not answers.fits(choice, answers.read(text).get("squeeze/3"))


def test_answers_that_a_browser_kept_are_read_again() -> None:
    number, place = Question("number", "How many?", low=1.0, high=64.0), Question("place", "Where?")
    kept = answers.read('{"squeeze/1": 8, "a-map/2": [0.5, -1]}')
    assert answers.fits(number, kept["squeeze/1"])
    assert answers.fits(place, kept["a-map/2"])
