"""The panel of a lesson: the text of its step, the question, and the ways on."""

from __future__ import annotations

import streamlit as st

from ae_core.texts import _
from pages.ui.lessons import asking, notes, words
from pages.ui.lessons import place as places
from pages.ui.lessons.place import Place
from pages.ui.shared import owner
from pages.ui.state import current


def show(place: Place) -> None:
    """The step, beside its page or beside another one."""
    lesson, step = place.lesson, place.step
    st.caption(
        _("{lesson} · step {number} of {count}", lesson=words.of(lesson, lesson.title),
          number=place.number, count=len(lesson.steps))
    )  # fmt: skip
    st.header(words.of(lesson, step.title), anchor=False)
    if place.before and place.before.question:
        asking.answered(place, place.before.question)
    st.markdown(words.of(lesson, step.text))
    if step.page != current.page():
        st.button(
            _("Go to the page of this step"), type="primary", key="lesson-return",
            on_click=places.go, args=(lesson, place.number),
        )  # fmt: skip
        is_open = False
    else:
        is_open = asking.ask(place, step.question) if step.question else True
    _ways(place, is_open=is_open)
    if owner.me().is_teacher:
        notes.show(place)


def _ways(place: Place, *, is_open: bool) -> None:
    lesson = place.lesson
    with st.container(horizontal=True, key="lesson-ways"):
        if place.number > 1:
            st.button(
                _("Back"), key="lesson-back", on_click=places.go, args=(lesson, place.number - 1)
            )
        if place.is_last:
            st.button(_("Finish"), key="lesson-leave", type="primary", on_click=places.leave)
        else:
            st.button(
                _("Next") if is_open else _("Skip"), key="lesson-next",
                type="primary" if is_open else "tertiary",
                on_click=places.go, args=(lesson, place.number + 1),
            )  # fmt: skip
        if place.number > 1:
            st.button(
                _("Start again"), key="lesson-again", type="tertiary", on_click=places.again,
                args=(lesson,),
            )  # fmt: skip
        if not place.is_last:
            st.button(
                _("Leave the lesson"), key="lesson-leave", type="tertiary", on_click=places.leave
            )
