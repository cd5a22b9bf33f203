"""The equation a + b - c, with slots that digits are dragged or tapped into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages.ui.browser import components
from pages.ui.drawing.pictures import Picture, data_uri

Tile = tuple[Picture, str, str]
"""A picture, its text, and a caption, which may be empty."""

_EQUATION = components.component(Path(__file__).parent, "equation")


def show(
    slots: Sequence[Tile],
    total: Tile,
    digits: Sequence[Tile],
    *,
    key: str,
    active: int,
    label: str,
    fill: Callable[[int, int], None],
    choose: Callable[[int], None],
) -> None:
    """Show three slots, their sum, and the digits to put into them.

    Args:
        slots: what is in a, b and c.
        total: what comes of them.
        digits: what can be put into a slot; none where something else on the page fills them.
        key: a name of its own on the page.
        active: the slot that a tapped digit goes into.
        label: what the row of digits is for, for a screen reader.
        fill: called with a slot and the digit that was put there.
        choose: called with the slot that was tapped.
    """

    def filled() -> None:
        sent = st.session_state[key].filled
        if isinstance(sent, list) and len(sent) == 2 and all(type(n) is int for n in sent):
            slot, digit = sent
            if 0 <= slot < len(slots) and 0 <= digit < len(digits):
                fill(slot, digit)

    def chosen() -> None:
        slot = st.session_state[key].chosen
        if type(slot) is int and 0 <= slot < len(slots):
            choose(slot)

    data = {
        "slots": list(map(_sent, slots)), "total": _sent(total),
        "digits": list(map(_sent, digits)), "active": active, "label": label,
    }  # fmt: skip
    _EQUATION(key=key, data=data, on_filled_change=filled, on_chosen_change=chosen)


def _sent(tile: Tile) -> list[str]:
    picture, text, caption = tile
    return [data_uri(picture), text, caption]
