"""What of the visitor's has passed its day: how long it is still there, and a click to keep it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st

from ae_core import image_sets, wording
from ae_core.accounts import expiry, ownership
from ae_core.accounts.ownership import Belonging
from ae_core.accounts.person import Person
from ae_core.jobs import access
from ae_core.texts import _, ngettext
from pages.ui.shared import cached, owner, widgets

MOST = 20
"""Lines at once; what is deleted first comes first."""


def show(kind: str) -> None:
    """Everything of a kind that has expired, with what can be done; nothing where there is none."""
    with widgets.shown_errors():
        found = expiry.of(owner.me(), kind)
        if found:
            with st.container(border=True, key=f"expired-{kind.replace(' ', '-')}"):
                _rows(found)


def _rows(found: list[tuple[Belonging, float]]) -> None:
    st.markdown(
        ngettext(
            ":material/hourglass_bottom: **{count} has passed its day**, and is not listed any"
            " more.",
            ":material/hourglass_bottom: **{count} have passed their day**, and are not listed any"
            " more.",
            len(found),
        )
    )
    for each, seconds in found[:MOST]:
        day = datetime.now(UTC) + timedelta(seconds=seconds)
        left, middle, right = st.columns([3, 1, 1], vertical_alignment="center")
        left.markdown(
            _(
                "{title}: gone for good on {day}",
                title=widgets.as_text(each.title),
                day=wording.day(day),
            )
        )
        middle.button(
            _("Bring back"), icon=":material/undo:", key=f"back-{each.name}", width="stretch",
            on_click=_do, args=(partial(expiry.bring_back, owner.me(), each.name),),
        )  # fmt: skip
        right.button(
            _("Delete now"), icon=":material/delete:", key=f"now-{each.name}", width="stretch",
            on_click=_do, args=(partial(_delete, owner.me(), each),),
        )  # fmt: skip


def _delete(me: Person, each: Belonging) -> None:
    if each.kind == ownership.CHECKPOINT:
        access.delete_result(me, each.name)
    else:
        image_sets.delete(me, each.name)


def _do(change: Callable[[], None]) -> None:
    widgets.done(change)
    cached.forget_what_is_here()
