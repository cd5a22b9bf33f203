"""What a teacher asks the class, and the wall on the projector with what came back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from ae_core.classroom import answers, classes, members, questions
from ae_core.classroom.classes import OpenClass
from ae_core.classroom.questions import Question
from ae_core.texts import N_, _, ngettext
from pages.ui.classroom import answering, wall
from pages.ui.classroom.class_listener import redrawn_on
from pages.ui.shared import owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Code, Picked

KINDS = {
    "mark": N_("a mark on the map"),
    "choice": N_("a choice"),
    "number": N_("a number"),
    "drawing": N_("a drawing"),
}

NOT_SENT = ("z", "walk", "curve", "drawing", "chosen", "plane")
"""What of the teacher's map is no student's: it may be the answer."""


CLOSER = """
.stApp [data-testid="stMainBlockContainer"]:has(.st-key-class-asked) { padding-top: 4.2rem; }
.stApp :has(.st-key-class-asked) .stHeading h1 { font-size: 1.2rem; padding: 0; }
"""
"""The answers are seen from the last row without scrolling."""


def show(open_class: OpenClass) -> None:
    """The question that is asked, or the form for one."""
    question = questions.read(open_class.asks)
    if question is None:
        _form(open_class)
    else:
        _asked(open_class.code, question)


def _form(open_class: OpenClass) -> None:
    st.segmented_control(
        _("What they answer with"), tuple(KINDS), format_func=lambda kind: _(KINDS[kind]),
        default="mark", required=True, key="ask-kind",
    )  # fmt: skip
    kind = st.session_state["ask-kind"]
    st.text_input(
        _("Question"), key="ask-words", max_chars=questions.MOST_WORDS,
        placeholder=_("Where is something between a 4 and a 9?"),
    )  # fmt: skip
    if kind == "choice":
        st.text_area(_("Answers, one on each line"), key="ask-choices", height=120)
    if kind in ("choice", "number"):
        st.text_input(_("Right answer, where there is one"), key="ask-truth")
    else:
        st.caption(
            _("Every screen goes to the map of the model that you have chosen, and is let go.")
        )
    st.button(
        _("Ask"), type="primary", icon=":material/help:", key="ask", on_click=_ask,
        args=(open_class.code,),
    )  # fmt: skip


@st.fragment(key="class-wall")
def _asked(code: str, question: Question) -> None:
    redrawn_on("wall", key="wall-news")
    with widgets.shown_errors(), st.container(key="class-asked"):
        me = owner.me()
        given = answers.of_all(me, code, question.id)
        there = members.count(code)
        st.html(f"<style>{CLOSER}</style>")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(widgets.as_text(question.words), anchor=False, width="content")
            st.markdown(
                ngettext(
                    "**{given}** of **{count}** has answered.",
                    "**{given}** of **{count}** have answered.",
                    there, given=len(given),
                ),
                width="content",
            )  # fmt: skip
            if question.kind != "drawing" and not question.shown:
                st.button(
                    _("Show the truth"), icon=":material/visibility:", key="show-truth",
                    on_click=_show_truth, args=(code, question),
                    help=_("For a mark on the map: where your own mark lies.")
                    if question.kind == "mark" else None,
                )  # fmt: skip
            st.button(
                _("Ask something else"), icon=":material/close:", key="end-question",
                on_click=_end, args=(code,),
            )  # fmt: skip
        wall.draw(code, question, given)


def _ask(code: str) -> None:
    state = st.session_state
    kind: questions.Kind = state.get("ask-kind") or "mark"

    def ask() -> None:
        question = questions.new(
            kind, str(state.get("ask-words", "")), choices=str(state.get("ask-choices", "")),
            model=wall.model_of_teacher(), truth=str(state.get("ask-truth", "")),
        )  # fmt: skip
        at = None
        if kind in answering.ON_MAP:
            values = current.to_json(answering.MAP)
            left = {name: value for name, value in values.items() if name not in NOT_SENT}
            at = {"page": answering.MAP, "values": {**left, "model": question.model}}
        classes.ask(owner.me(), code, question.to_dict(), at=at)

    widgets.done(ask)


def _show_truth(code: str, question: Question) -> None:
    z = current.of(Code).z if current.of(Picked).model in ("", question.model) else ()
    if question.kind == "mark" and not z:
        st.toast(_(answering.MOVE_FIRST))
        return
    shown = replace(question, shown=True, code=tuple(z))
    widgets.done(partial(classes.ask, owner.me(), code, shown.to_dict()))
    st.rerun()


def _end(code: str) -> None:
    widgets.done(partial(classes.ask, owner.me(), code, {}))
    st.rerun()
