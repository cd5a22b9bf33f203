"""The live latent map: its decoder runs in the browser, as fast as the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ae_core.checkpoints.cards import Card
from pages.ui.browser import debounce, mounting
from pages.ui.live_map import code_control

KEY = "live-map"

_MAP = st.components.v2.component("live_map", html=mounting.PLACE, js=mounting.LOADER)


def fragments() -> tuple[str, ...]:
    """The fragments of the page that show the code: where the server decodes the map is apart."""
    return ("code", "map") if mounting.why_not() else ("code",)


def show(card: Card, others: Sequence[Card], followed_by: Sequence[str]) -> None:
    """The map of a model. Once a drag ends, the session's code follows, and these fragments."""

    def released() -> None:
        code_control.follow(card, st.session_state[KEY].z)
        if followed_by:
            debounce.redraw("code", *followed_by)

    data = mounting.data(
        "map",
        model=mounting.model(card),
        others=[mounting.model(other) for other in others],
        z=code_control.current(card).tolist(),
        moved=code_control.moves(card),
    )
    _MAP(key=KEY, data=data, on_z_change=released, on_failed_change=lambda: mounting.failed(KEY))
