"""What was answered before something came out; kept for this visit, and given to one's class."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import streamlit as st

from ae_core.classroom import answers as of_class
from ae_core.classroom import members
from ae_core.errors import UserError
from pages.ui.classroom import following
from pages.ui.shared import owner

Answer = str | float | list[float]
"""An option, a number, a place on the map as its code, or a drawing as its strokes."""

KEY = "lesson-answers"

MOST_LETTERS = 40
"""Of a lesson's name: one that a teacher has brought has a long one."""


def keep(lesson: str, step: int, answer: Answer) -> None:
    """Keep what was answered to the question of a step."""
    st.session_state.setdefault(KEY, {})[lesson, step] = answer
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
    answer: Answer | None = st.session_state.get(KEY, {}).get((lesson, step))
    return answer


def forget(lesson: str) -> None:
    """Begin a lesson anew."""
    kept = st.session_state.get(KEY, {})
    st.session_state[KEY] = {at: each for at, each in kept.items() if at[0] != lesson}


def _question(lesson: str, step: int) -> str:
    """What the question of a step is called in a class."""
    return f"{lesson[:MOST_LETTERS]}/{step}"
