"""A pad to draw a digit on, with mouse, pen or finger, and beside it what models make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from PIL import Image

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.images import strokes
from ae_core.texts import _
from pages.ui.browser import mounting, told
from pages.ui.state import current
from pages.ui.state.declared import Drawing

KEY, REFUSED = "drawing-pad", "drawing-refused"

_DRAWING = st.components.v2.component("live_drawing", html=mounting.PLACE, js=mounting.LOADER)


def show(cards: Sequence[Card]) -> Image.Image | None:
    """The drawing, white on black, after each stroke; None while the pad is empty.

    The models of `cards` work in the browser, at every move of the pen. Whoever leaves the page
    finds the drawing again on coming back.

    Raises:
        UserError: the browser sent something that is no drawing, or too much of one.
    """
    picture = _picture()
    drawn = list(current.of(Drawing).strokes)
    data = mounting.data(
        "drawing", models=[told.model(card) for card in cards], drawing=drawn,
        moved=mounting.moved(KEY, drawn),
    )  # fmt: skip
    _DRAWING(
        key=KEY, data=data, on_drawing_change=_lifted,
        on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip
    if st.session_state.pop(REFUSED, False):
        raise UserError(_(strokes.WRONG))
    return picture if drawn else None


def _picture() -> Image.Image:
    try:
        return strokes.picture(current.of(Drawing).strokes)
    except UserError:
        current.leave_out(Drawing, "strokes")
        return strokes.picture(())


def _lifted() -> None:
    """The pen is lifted: what the browser sends is the drawing, where it can be one."""
    sent = st.session_state[KEY].drawing
    drawn = sent.get("strokes") if isinstance(sent, Mapping) else None
    try:
        current.change(Drawing, strokes=drawn)
        mounting.knows(KEY, drawn)
    except UserError:
        st.session_state[REFUSED] = True
