"""A pad to draw a digit on, with mouse, pen or finger, and beside it what models make of it."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Sequence

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.texts import _
from pages.ui.browser import mounting

KEY = "drawing"

_DRAWING = st.components.v2.component("live_drawing", html=mounting.PLACE, js=mounting.LOADER)


def show(cards: Sequence[Card]) -> bytes | None:
    """The drawing as a PNG, white on black, after each stroke; None while the pad is empty.

    The models of `cards` work in the browser, at every move of the pen. Whoever leaves the page
    finds the drawing again on coming back.

    Raises:
        UserError: the browser sent something that is no drawing.
    """
    before = st.session_state.get("drawing-kept", "")
    data = mounting.data("drawing", models=[mounting.model(card) for card in cards], drawing=before)
    result = _DRAWING(
        key=KEY, data=data, default={"drawing": before}, on_drawing_change=lambda: None,
        on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip
    address = st.session_state["drawing-kept"] = str(result.drawing or "")
    if not address:
        return None
    try:
        return b64decode(address.partition(",")[2], validate=True)
    except Error as failure:
        raise UserError(
            _("The drawing did not arrive whole. Clear the pad and draw again.")
        ) from failure
