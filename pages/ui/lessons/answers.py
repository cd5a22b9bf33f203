"""What was answered before something came out: given to one's class, and kept by the browser."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from urllib.parse import unquote

import streamlit as st

from ae_core.classroom import answers as of_class
from ae_core.classroom import members
from ae_core.errors import UserError
from ae_core.lessons.lesson import Question
from pages.ui.classroom import following
from pages.ui.shared import owner
from pages.ui.state import page_state

Number = int | float
Answer = Number | list[Number]
"""An option by its number, a number, a place on the map as its code, or a drawing as strokes."""

KEY = "lesson-answers"
COOKIE = "ae_lesson_answers"

MOST_KEPT = 1000
"""Characters of the latest answers that the browser keeps for a page that is loaded again."""

MOST_LETTERS = 40
"""Of a lesson's name: one that a teacher has brought has a long one."""


def keep(lesson: str, step: int, answer: Answer) -> None:
    """Keep what was answered to the question of a step."""
    _set({**_all(), _question(lesson, step): answer})
    if following.now()[1] is not None:
        with suppress(UserError):  # the lesson goes on without the class
            of_class.give(owner.me(), _question(lesson, step), answer)


def in_class(lesson: str, step: int) -> Counter[str]:
    """How many of the visitor's class have given each answer; nothing where they are in none."""
    if following.now()[0] is None:
        return Counter()
    try:
        return of_class.counts(owner.me(), _question(lesson, step))
    except UserError:
        return Counter()


def reach(lesson: str, step: int) -> None:
    """Tell the visitor's class at which step they are."""
    if following.now()[1] is not None:
        with suppress(UserError):
            members.reach(owner.me(), _question(lesson, step))


def of(lesson: str, step: int) -> Answer | None:
    """What was answered to it, if it was."""
    return _all().get(_question(lesson, step))


def fits(question: Question, answer: Answer | None) -> bool:
    """Whether it answers the question: what the browser had kept may be anything."""
    if question.kind in ("place", "drawing"):
        return isinstance(answer, list) and bool(answer)
    if isinstance(answer, list) or answer is None:
        return False
    if question.kind == "choice":
        return answer in range(1, len(question.options) + 1)
    return question.low <= answer <= question.high


def forget(lesson: str) -> None:
    """Begin a lesson anew."""
    name = _question(lesson, 0).rpartition("/")[0]
    _set({at: each for at, each in _all().items() if at.rpartition("/")[0] != name})


def read(text: str) -> dict[str, Answer]:
    """The answers in a text that the browser had kept, by their questions; none if it is none."""
    try:
        found = json.loads(text[:MOST_KEPT])
    except (ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {
        question: answer
        for question, answer in pairs
        if all(type(each) in (int, float) for each in _numbers(answer))
    }


def _numbers(answer: object) -> list[object]:
    return answer if isinstance(answer, list) else [answer]


def _all() -> dict[str, Answer]:
    if KEY not in st.session_state:
        st.session_state[KEY] = read(unquote(str(st.context.cookies.get(COOKIE, ""))))
    found: dict[str, Answer] = st.session_state[KEY]
    return found


def _set(found: dict[str, Answer]) -> None:
    st.session_state[KEY] = found
    latest = {at: each for at, each in found.items() if len(str(each)) < MOST_KEPT // 10}
    while len(text := json.dumps(latest)) > MOST_KEPT:
        del latest[next(iter(latest))]
    page_state.keep(COOKIE, text)


def _question(lesson: str, step: int) -> str:
    """What the question of a step is called."""
    return f"{lesson[:MOST_LETTERS]}/{step}"
