"""Where a visitor is in a lesson, and the ways from a step to another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from ae_core.lessons.lesson import Lesson, Step
from pages.ui.lessons import answers
from pages.ui.state import address, current
from pages.ui.state.declared import PAGES, LessonStep

GOES, AT, SEEN = "lesson-goes", "lesson-at", "lesson-seen"


@dataclass(frozen=True)
class Place:
    """A step of a lesson, by its number from 1."""

    lesson: Lesson
    number: int

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.number - 1]

    @property
    def before(self) -> Step | None:
        return self.lesson.steps[self.number - 2] if self.number > 1 else None

    @property
    def is_last(self) -> bool:
        return self.number == len(self.lesson.steps)


def turn() -> None:
    """Go to the page that a button has asked for."""
    if goes := st.session_state.pop(GOES, None):
        page, query = goes
        st.switch_page(f"../{page}.py", query_params=query)


def here() -> Place | None:
    """The step of the address; what is none is left out. One that is opened gets its state."""
    at = current.of(LessonStep)
    if not at.lesson:
        return None
    from pages.ui.lessons import found  # its figures bring torch, which comes after the first paint

    lesson = found.lesson(at.lesson)
    if lesson is None or at.step > len(lesson.steps):
        current.leave_out(LessonStep, "lesson", "step")
        return None
    place = Place(lesson, at.step)
    came = (lesson.name, at.step, current.page())
    if st.session_state.get(AT) != came:
        st.session_state[AT] = came
        _see(place)
        if place.step.page == current.page() and current.to_json().keys() <= {"lesson", "step"}:
            current.apply(_state(place))
    return place


def go(lesson: Lesson, number: int) -> None:
    """Open a step of a lesson; for callbacks."""
    place = Place(lesson, number)
    values = _state(place)
    page = place.step.page
    if page == current.page():
        current.apply(values)
        return
    states, _left_out = address.from_json([group() for group in PAGES[page]], values)
    st.session_state[GOES] = page, address.to_query(states)


def again(lesson: Lesson) -> None:
    """Begin a lesson anew; for callbacks."""
    answers.forget(lesson.name)
    go(lesson, 1)


def leave() -> None:
    """Leave the lesson, for the list of all; for callbacks."""
    current.change(LessonStep, lesson="", step=1)
    st.session_state[GOES] = "lessons", {}


def seen(lesson: Lesson) -> int:
    """How many of its steps were opened in this visit."""
    return len(st.session_state.get(SEEN, {}).get(lesson.name, ()))


def _see(place: Place) -> None:
    steps = st.session_state.setdefault(SEEN, {}).setdefault(place.lesson.name, set())
    steps.add(place.number)
    answers.reach(place.lesson.name, place.number)


def _state(place: Place) -> dict[str, Any]:
    """All that is set on the page of a step."""
    from ae_core.lessons import roles

    step = place.step
    present = address.to_json([current.of(group) for group in PAGES[step.page]])
    kept = {name: present[name] for name in step.keeps if name in present}
    where = {"lesson": place.lesson.name, "step": place.number}
    return {**roles.filled(step.state), **kept, **where}
