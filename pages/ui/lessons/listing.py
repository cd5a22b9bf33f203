"""The lessons as cards: what each is about, how long it takes, how far one is."""

from __future__ import annotations

import streamlit as st

from ae_core.lessons import shipped
from ae_core.lessons.lesson import Lesson
from ae_core.texts import _, ngettext
from pages.ui.lessons import place, words


def show() -> None:
    """The lessons that ship, in their order."""
    lessons = [shipped.lesson(name) for name in shipped.names()]
    if not lessons:
        st.info(_("No lessons are on this server."))
    for begin in range(0, len(lessons), 2):
        for column, lesson in zip(st.columns(2), lessons[begin : begin + 2], strict=False):
            with column.container(border=True, height="stretch", key=f"lesson-card-{lesson.name}"):
                _card(lesson, shipped.names().index(lesson.name) + 1)


def _card(lesson: Lesson, number: int) -> None:
    st.markdown(f"**{number} · {words.of(lesson, lesson.title)}**")
    st.markdown(words.of(lesson, lesson.sentence))
    st.caption(_("Afterwards: {what}", what=words.of(lesson, lesson.afterwards)))
    seen, count = place.seen(lesson), len(lesson.steps)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Begin") if not seen else _("Again") if seen == count else _("Go on"),
            key=f"lesson-begin-{lesson.name}", type="primary" if not seen else "secondary",
            on_click=place.go, args=(lesson, 1 if seen == count else max(1, seen)),
        )  # fmt: skip
        about = ngettext("{count} minute", "{count} minutes", lesson.minutes)
        if seen:
            about = _(
                "{minutes}, {seen} of {count} steps seen", minutes=about, seen=seen, count=count
            )
        st.caption(about)
