"""What was answered before something came out; kept for this visit."""

from __future__ import annotations

import streamlit as st

Answer = str | float | list[float]
"""An option, a number, a place on the map as its code, or a drawing as its strokes."""

KEY = "lesson-answers"


def keep(lesson: str, step: int, answer: Answer) -> None:
    """Keep what was answered to the question of a step."""
    st.session_state.setdefault(KEY, {})[lesson, step] = answer


def of(lesson: str, step: int) -> Answer | None:
    """What was answered to it, if it was."""
    answer: Answer | None = st.session_state.get(KEY, {}).get((lesson, step))
    return answer


def forget(lesson: str) -> None:
    """Begin a lesson anew."""
    kept = st.session_state.get(KEY, {})
    st.session_state[KEY] = {at: each for at, each in kept.items() if at[0] != lesson}
