"""Lessons as files: what ships can be read and shown, and what is no lesson is refused in words."""

from __future__ import annotations

import pytest

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.image_sets import mnist
from ae_core.lessons import figures, reading, roles, shipped
from ae_core.lessons.lesson import MOST_STEPS, MOST_WORDS
from pages.ui.lessons import checking

STEP = """+++
title = "Look"
page = "compare"
state = { size = 8 }
controls = ["dial-place"]
+++
Look at it.
"""
LESSON = """+++
title = "Mine"
sentence = "What is it?"
afterwards = "This."
minutes = 5
+++

"""


def read(text: str) -> None:
    """Read a lesson, and hold it against the pages."""
    checking.check(reading.read(text.encode(), "mine", "mine.md"), "mine.md")


@pytest.mark.parametrize("name", shipped.names())
def test_lesson_that_ships_fits_the_pages(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = shipped.lesson(name)
    checking.check(lesson, name)
    assert all(step.controls for step in lesson.steps)
    assert all(step.teacher.says and step.teacher.leave for step in lesson.steps)
    assert 5 <= lesson.minutes <= 8
    assert abs(sum(step.teacher.minutes for step in lesson.steps) - lesson.minutes) <= 1
    for number, step in enumerate(lesson.steps):
        if step.question and step.question.shown:
            assert number + 1 < len(lesson.steps), "what came out is shown in the next step"


@pytest.mark.parametrize("name", shipped.names())
def test_lesson_has_its_figures_and_models_with_mnist_and_without(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in (None, shipped.FOLDER):
        monkeypatch.setattr(mnist, "find", lambda found=found: found)
        for step in shipped.lesson(name).steps:
            if step.state.get("model"):
                model = roles.filled(step.state)["model"]
                assert checkpoints.card(model).image_set == roles.present_set()
        said = [] if found else list(shipped.lesson(name).messages())
        for text in said:
            assert figures.NONE not in figures.filled(text).replace(text, "")
            assert "{" not in figures.filled(text)


def test_a_lesson_is_read_as_it_is_written() -> None:
    lesson = reading.read((LESSON + STEP * 2).encode(), "mine", "mine.md")
    assert (lesson.title, lesson.minutes, len(lesson.steps)) == ("Mine", 5, 2)
    assert lesson.steps[0].state == {"size": 8}
    assert lesson.steps[0].text == "Look at it."


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Just words.", 1, "does not begin"),
        (LESSON + STEP.replace("+++\nLook", "Look"), 8, "no second line"),
        (LESSON.replace('"Mine"', "Mine") + STEP, 2, "TOML"),
        (LESSON, 2, "0 steps"),
        (LESSON + STEP * (MOST_STEPS + 1), 2, f"{MOST_STEPS + 1} steps"),
        (LESSON + STEP + "word " * MOST_WORDS, 14, f"{MOST_WORDS + 3} words"),
        (LESSON + STEP + "<b>bold</b>", 14, "mark-up"),
        (LESSON + STEP + "<script>alert(1)</script>", 14, "mark-up"),
        (LESSON + STEP + "![](https://example.org/a.png)", 14, "a link or a picture"),
        (LESSON + STEP + "[press](javascript:alert)", 14, "mark-up"),
        (LESSON + STEP + "{error.__class__}", 14, "no figure"),
        (LESSON + STEP + "{error:mnist-ae-2}", 14, "no figure"),
        (LESSON.replace("minutes = 5", "minutes = 500") + STEP, 2, "minutes is 500"),
        (LESSON + STEP.replace("controls", "buttons"), 9, "'buttons'"),
        (LESSON + STEP.replace("state = { size = 8 }", "state = 8"), 9, "no table"),
        (LESSON + STEP.replace('["dial-place"]', "[1]"), 9, "no list of names"),
        (LESSON + STEP.replace("+++\nLook", "[question]\nkind='song'\n+++\nLook"), 9, "'song'"),
    ],
)
def test_what_is_no_lesson_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(UserError) as failure:
        read(text)
    said = str(failure.value)
    assert said.startswith(f"The lesson mine.md cannot be opened. Line {line}: "), said
    assert words in said


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (('"compare"', '"nowhere"'), "no page 'nowhere'"),
        (('"compare"', '"classroom"'), "no page 'classroom'"),
        (("size = 8", "sizze = 8"), "takes no 'sizze'"),
        (("size = 8", 'size = "many"'), "takes no 'size'"),
        (("size = 8", "step = 3"), "takes no 'step'"),
        (('"dial-place"', '"everything"'), "shows no 'everything'"),
    ],
)
def test_what_the_pages_do_not_have_is_refused_with_its_step(
    changed: tuple[str, str], words: str
) -> None:
    with pytest.raises(UserError, match=r"^The lesson mine\.md cannot be opened\. Step 1: ") as it:
        read(LESSON + STEP.replace(*changed))
    assert words in str(it.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"+++\n\xff\xfe", "Line 2: it is not UTF-8 text"),
        (b"+" * (reading.MOST_BYTES + 1), "it is larger than 64 KB"),
        (b"", "does not begin"),
    ],
)
def test_file_of_other_bytes_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        reading.read(data, "mine", "mine.md")
