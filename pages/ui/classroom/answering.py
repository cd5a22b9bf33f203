"""The question of a class, over every page of who is in it, and the way to answer."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import streamlit as st

from ae_core.classroom import answers, questions
from ae_core.classroom.classes import OpenClass
from ae_core.classroom.questions import Question
from ae_core.errors import UserError
from ae_core.texts import N_, _
from pages.ui.shared import owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Code, Drawing, Picked

ON_MAP = ("mark", "drawing")
MAP = "latent_space"

MOVE_FIRST = N_("Drag the mark on the map first.")
DRAW_FIRST = N_("Draw something on the pad first.")


def show(open_class: OpenClass, page: str) -> None:
    """The question and its control; nothing while none is asked."""
    question = questions.read(open_class.asks)
    if question is None:
        return
    st.markdown(f"**{widgets.as_text(question.words)}**")
    with widgets.shown_errors():
        given = answers.mine(owner.me(), question.id)
    if question.shown:
        _truth(question, given)
    elif question.kind in ON_MAP and page != MAP:
        st.page_link("../latent_space.py", label=_("To the map"), icon=":material/map:")
    elif question.kind in ON_MAP:
        is_mark = question.kind == "mark"
        st.button(
            _("This is my mark") if is_mark else _("Send my drawing"), type="primary",
            icon=":material/add_location:" if is_mark else ":material/draw:",
            key=f"answer-{question.id}", on_click=partial(_send_from_map, question),
        )  # fmt: skip
        if given is not None:
            st.caption(_("Sent. You can send another one in its place."))
    elif question.kind == "choice":
        key = f"answer-{question.id}"
        st.session_state[key] = given if given in question.choices else None
        st.pills(
            _("Your answer"), question.choices, key=key, label_visibility="collapsed",
            format_func=widgets.as_text, on_change=lambda: _choose(question, key),
        )  # fmt: skip
    else:
        key = f"answer-{question.id}"
        st.session_state.setdefault(key, given)
        st.number_input(
            _("Your answer"), key=key, label_visibility="collapsed", width=140,
            on_change=lambda: _choose(question, key),
        )  # fmt: skip
        if given is not None:
            st.caption(_("Sent: {answer}", answer=given))


def _truth(question: Question, given: Any) -> None:
    if question.kind in ON_MAP or not question.truth:
        st.caption(_("Look at the projector."))
        return
    counted = given if isinstance(given, str) else json.dumps(given)
    if given is not None and question.is_right(counted):
        st.caption(_("Right: {truth}", truth=widgets.as_text(question.truth)))
    else:
        st.caption(_("The answer is {truth}", truth=widgets.as_text(question.truth)))


def _send_from_map(question: Question) -> None:
    if question.kind == "mark":
        z = current.of(Code).z
        value = {"model": current.of(Picked).model or question.model, "z": list(z)} if z else None
        missing = MOVE_FIRST
    else:
        value = {"strokes": list(current.of(Drawing).strokes)}
        value = value if value["strokes"] else None
        missing = DRAW_FIRST
    if value is None:
        st.toast(_(missing))
        return
    _give(question, value)


def _choose(question: Question, key: str) -> None:
    value = st.session_state.get(key)
    if value is not None:
        _give(question, value)


def _give(question: Question, value: Any) -> None:
    try:
        answers.give(owner.me(), question.id, value)
    except UserError as failure:
        st.toast(widgets.sentence(failure))
