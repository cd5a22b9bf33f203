"""A teacher's own lesson, from a file or an address: checked, kept, and opened by its link."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ae_core.lessons import fetching, own, reading
from ae_core.lessons.lesson import Lesson
from ae_core.texts import _
from pages.ui.lessons import checking, place, words
from pages.ui.shared import owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import LessonStep

BROUGHT, TURN = "lesson-brought", "lesson-turn"


def show() -> None:
    """The ways to bring one, for whoever has the teacher's key; and the one that was brought."""
    if not owner.me().is_teacher:
        return
    st.header(_("A lesson of your own"), anchor=False)
    st.caption(
        _(
            "A Markdown file with front matter. *Copy as step* at the foot of a page gives its"
            " present state."
        )
    )
    turn = st.session_state.get(TURN, 0)
    file, other = st.columns(2)
    key = f"lesson-file-{turn}"
    file.file_uploader(
        _("Its file"), type=["md"], key=key, on_change=_of_file, args=(key,),
        max_upload_size=1,
    )  # fmt: skip
    other.text_input(
        _("Or its address"), key="lesson-address", placeholder="https://", max_chars=500,
        on_change=_of_address,
    )  # fmt: skip
    found = st.session_state.get(BROUGHT)
    if isinstance(found, Lesson):
        with st.container(border=True, key="lesson-brought-card"):
            st.markdown(f"**{widgets.as_text(words.of(found, found.title))}**")
            st.caption(_("This link opens it for everybody:"))
            query = LessonStep(lesson=found.name)
            st.code(current.link(found.steps[0].page, query), language=None)
            st.button(
                _("Begin"), key="lesson-begin-own", type="primary", on_click=place.go,
                args=(found, 1),
            )  # fmt: skip


def _of_file(key: str) -> None:
    if file := st.session_state[key]:
        _bring(lambda: file.getvalue(), file.name)
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _of_address() -> None:
    if given := str(st.session_state["lesson-address"]).strip():
        _bring(lambda: fetching.fetched(given), given)


def _bring(read: Callable[[], bytes], name: str) -> None:
    """Check a lesson and keep it, or say what is wrong with it."""

    def bring() -> None:
        if not owner.me().is_teacher:
            return
        data = read()
        checking.check(reading.read(data, "", name), name)
        st.session_state[BROUGHT] = own.keep(data, name)

    st.session_state.pop(BROUGHT, None)
    widgets.done(bring)
