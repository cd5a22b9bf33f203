"""The line over every page of who is in a class, or teaches one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from ae_core.classroom import classes
from ae_core.classroom.classes import OpenClass
from ae_core.classroom.members import Member
from ae_core.texts import _
from pages.ui.classroom import following
from pages.ui.shared import owner


def show(page: str, open_class: OpenClass | None, member: Member | None) -> None:
    """Nothing for who is in no class."""
    if open_class is None:
        return
    from pages.ui.classroom import answering
    from pages.ui.shared import widgets  # brings torch, which comes after the first paint

    with st.container(horizontal=True, vertical_alignment="center", key="class-bar"):
        if member is None:
            _of_teacher(open_class)
        else:
            name = widgets.as_text(member.nickname)
            st.page_link(
                "../join.py", icon=":material/groups:",
                label=_("Class {code} · {nickname}", code=open_class.code, nickname=name),
            )  # fmt: skip
            answering.show(open_class, page)


def _of_teacher(open_class: OpenClass) -> None:
    st.page_link(
        "../classroom.py", label=_("Your class {code}", code=open_class.code),
        icon=":material/groups:",
    )  # fmt: skip
    st.session_state["class-follows"] = open_class.follows
    st.toggle(
        _("Everybody follows me"), key="class-follows",
        on_change=_follow, args=(open_class.code,),
        help=_(
            "Every screen shows what yours shows, also models of your own. Off: each goes where"
            " they like."
        ),
    )  # fmt: skip
    st.button(
        _("Look here"), icon=":material/center_focus_strong:", key="class-look",
        on_click=partial(_look_here, open_class.code),
        help=_("Brings every screen to what yours shows, once."),
    )  # fmt: skip


def _follow(code: str) -> None:
    follows = bool(st.session_state["class-follows"])
    st.session_state.pop(following.SHOWN, None)
    _try(lambda: classes.follow(owner.me(), code, follows))


def _look_here(code: str) -> None:
    _try(lambda: following.publish(code, again=True))


def _try(change: Callable[[], object]) -> None:
    from pages.ui.shared import widgets

    widgets.done(change)
