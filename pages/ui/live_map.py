"""The live latent map: its decoder runs in the browser, at the hand's speed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ae_core.cards import Card
from pages.ui import codes, live, resting

KEY = "live-map"

_MAP = st.components.v2.component("live_map", html=live.PLACE, js=live.LOADER)


def fragments() -> tuple[str, ...]:
    """The fragments of the page that show the code: where the server decodes the map is apart."""
    return ("hand", "map") if live.why_not() else ("hand",)


def show(card: Card, others: Sequence[Card], followed_by: Sequence[str]) -> None:
    """The map of a model. Where the hand lets go, the code follows, and these fragments."""

    def released() -> None:
        codes.follow(card, st.session_state[KEY].z)
        if followed_by:
            resting.redraw("hand", *followed_by)

    data = live.data(
        "map",
        model=live.model(card),
        others=[live.model(other) for other in others],
        z=codes.current(card).tolist(),
        moved=codes.moves(card),
    )
    _MAP(key=KEY, data=data, on_z_change=released, on_failed_change=lambda: live.failed(KEY))
