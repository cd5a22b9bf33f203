"""A pad to draw a digit on, with mouse, pen or finger: a small component of our own."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from pathlib import Path

import streamlit as st

from ae_core.errors import UserError

_HERE = Path(__file__).parent

_PAD = st.components.v2.component(
    "draw_pad",
    html='<div class="pad"></div>',
    css=(_HERE / "draw_pad.css").read_text(encoding="utf-8"),
    js=(_HERE / "draw_pad.js").read_text(encoding="utf-8"),
)


def draw_pad(key: str) -> bytes | None:
    """The drawing as a PNG, white on black, after each stroke; None while the pad is empty.

    Whoever leaves the page finds the drawing again on coming back.

    Raises:
        UserError: the browser sent something that is no drawing.
    """
    kept = f"{key}-kept"
    before = {"drawing": st.session_state.get(kept, "")}
    result = _PAD(key=key, data=before, default=before, on_drawing_change=lambda: None)
    address = st.session_state[kept] = str(result.drawing or "")
    if not address:
        return None
    try:
        return b64decode(address.partition(",")[2], validate=True)
    except Error as failure:
        raise UserError(
            "The drawing did not arrive whole. Clear the pad and draw again."
        ) from failure
