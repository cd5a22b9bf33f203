"""What has passed its day and waits for a teacher's word, because it is much at once."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ae_core.accounts import expiry
from ae_core.texts import _, ngettext
from pages.ui.shared import cached, owner, widgets


def show() -> None:
    """How much it is, and a button; nothing where there is none."""
    me = owner.me()
    if not (count := expiry.held_back(me)):
        return
    st.warning(
        ngettext(
            "{count:,} thing has passed its day. It goes little by little, for the clock of this"
            " server may be wrong; nothing goes for a day after that has jumped.",
            "{count:,} things have passed their day. They go little by little, for the clock of"
            " this server may be wrong; nothing goes for a day after that has jumped.",
            count,
        ),
        icon=":material/hourglass_bottom:",
    )
    st.button(
        _("The clock is right: let all of it expire"), key="expire-all", on_click=_expire,
        help=_("Their owners can bring each back for a week."),
    )  # fmt: skip


def _expire() -> None:
    widgets.done(partial(expiry.mark_all, owner.me()))
    cached.forget_what_is_here()
