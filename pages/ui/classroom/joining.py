"""How somebody comes into a class, and what they find there."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ae_core.classroom import members
from ae_core.classroom.classes import OpenClass
from ae_core.classroom.members import Member
from ae_core.classroom.nicknames import LONGEST
from ae_core.errors import UserError
from ae_core.texts import _
from pages.ui.classroom import following, shared_set
from pages.ui.shared import owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Joining

PROBLEM = "join-problem"


def form(taught: OpenClass | None) -> None:
    """Ask for code and nickname."""
    if taught is not None:
        st.info(_(members.OWN), icon=":material/school:")
        st.page_link("../classroom.py", label=_("To your class"))
        return
    st.caption(
        _(
            "Your teacher shows a code of six letters. Choose any nickname: you need no account,"
            " and all of it is gone when the class ends."
        )
    )
    with st.container(width=420):
        code = st.text_input(
            _("Code"), max_chars=12, **current.widget(Joining, "code"), autocomplete="off"
        )
        st.text_input(
            _("Nickname"), key="nickname", max_chars=LONGEST, autocomplete="nickname",
            on_change=partial(_join, by_enter=True),
        )  # fmt: skip
        st.button(
            _("Join"), type="primary", icon=":material/login:", key="join", width="stretch",
            on_click=_join, disabled=not code,
        )  # fmt: skip
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/error:")


def inside(open_class: OpenClass, member: Member) -> None:
    """Who they are, and how many are with them."""
    st.markdown(
        _(
            "You are **{nickname}** in the class **{code}**. Leave this page open, or look around:"
            " when your teacher shows something, it appears by itself.",
            nickname=widgets.as_text(member.nickname), code=open_class.code,
        )
    )  # fmt: skip
    shared_set.bring()
    st.button(_("Leave the class"), icon=":material/logout:", key="leave", on_click=_leave)


def _join(*, by_enter: bool = False) -> None:
    code, nickname = current.of(Joining).code, str(st.session_state.get("nickname", ""))
    if by_enter and not (code and nickname):
        return
    try:
        members.join(owner.me(), code, nickname)
        following.look_again()
    except UserError as failure:
        st.session_state[PROBLEM] = widgets.sentence(failure)


def _leave() -> None:
    widgets.done(lambda: members.leave(owner.me()))
    following.look_again()
