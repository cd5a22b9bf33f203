"""A teacher's class: opened, shown on the projector, closed."""

from __future__ import annotations

from functools import partial

import segno
import streamlit as st

from ae_core.classroom import classes, members
from ae_core.classroom.classes import OpenClass
from ae_core.texts import _, ngettext
from pages.ui.classroom import following, network_address
from pages.ui.classroom.class_listener import redrawn_on
from pages.ui.shared import owner, widgets


def offer() -> None:
    """A button that opens a class."""
    st.caption(
        _(
            "Open a class, and every screen in the room can follow yours: students join by a code,"
            " without accounts. All of it is gone when you close it, or after a day."
        )
    )
    st.button(
        _("Open a class"), type="primary", icon=":material/groups:", key="open-class",
        on_click=_open,
    )  # fmt: skip


def show(open_class: OpenClass) -> None:
    """The way into the class that is open, and who is there."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        _way_in(open_class)
    with right:
        _people(open_class)


def _way_in(open_class: OpenClass) -> None:
    """Code, short address and its QR code, to be read from the last row."""
    address = f"{network_address.of_this_visit()}/c/{open_class.code}"
    code = segno.make(address, error="m")
    alt = _("QR code of {address}", address=address)
    st.html(
        f'<div style="text-align:center"><img alt="{alt}" src="{code.svg_data_uri(border=2)}"'
        ' style="width:min(100%,260px);background:#fff;image-rendering:pixelated">'
        '<div style="font-size:52px;line-height:1.2;font-weight:700;letter-spacing:.12em">'
        f"{open_class.code}</div></div>"
    )
    st.code(address, language=None)
    if network_address.is_this_machine(address):
        st.caption(
            _(
                "This address works on this machine alone. Start the app with `make class`, and"
                " others on your network reach it."
            )
        )


@st.fragment(key="class-people")
def _people(open_class: OpenClass) -> None:
    """Who is there, at which step, and what a teacher does with them."""
    redrawn_on("people", key="people-news")
    with widgets.shown_errors():
        me, code = owner.me(), open_class.code
        here = [each for each in members.everybody(me, code) if not each.out]
        st.markdown(
            ngettext(
                "**{count}** person is in the class.", "**{count}** people are in the class.",
                len(here),
            )
        )  # fmt: skip
        steps = members.steps(me, code)
        if steps:
            st.dataframe(
                [{"step": step, "count": count} for step, count in sorted(steps.items())],
                column_config={"step": _("step"), "count": _("people")}, hide_index=True,
            )  # fmt: skip
        st.toggle(
            _("Limits for a class"), open_class.restricted, key="class-restricted",
            on_change=_restrict, args=(code,),
            help=_("Short runs, one at a time, for everybody who is in the class."),
        )  # fmt: skip
        with st.container(horizontal=True):
            with st.popover(_("Send somebody out"), icon=":material/person_remove:"):
                names = {each.id: each.nickname for each in here}
                who = st.selectbox(
                    _("Who"), names, index=None, format_func=names.__getitem__, key="out-who"
                )
                st.button(
                    _("Send out"), key="send-out", disabled=who is None, on_click=_send_out,
                    args=(code, who or 0),
                )  # fmt: skip
            with st.popover(_("Close the class"), icon=":material/close:"):
                st.write(_("All that was said, drawn and brought in it is gone for good."))
                st.button(
                    _("Close it"), type="primary", key="close-class", on_click=_close, args=(code,)
                )


def _open() -> None:
    widgets.done(partial(classes.open_class, owner.me()))
    following.look_again()


def _close(code: str) -> None:
    widgets.done(partial(classes.close, owner.me(), code))
    following.look_again()
    st.rerun()


def _restrict(code: str) -> None:
    restricted = bool(st.session_state["class-restricted"])
    widgets.done(partial(classes.restrict, owner.me(), code, restricted))


def _send_out(code: str, who: int) -> None:
    widgets.done(partial(members.send_out, owner.me(), code, who))
