"""The live latent map: its decoder runs in the browser, as fast as the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ae_core.checkpoints.cards import Card
from pages.ui.browser import debounce, mounting
from pages.ui.live_map import code_control
from pages.ui.shared import links

KEY = "live-map"

VIEWS = ("codes", "decoded", "both", "regions", "density")
"""What the map can show, as `frontend/src/map/board.ts` names it."""

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

    def looked() -> None:
        if (view := st.session_state[KEY].view) in VIEWS:
            links.seen("view")
            st.session_state["map-view"] = view

    data = mounting.data(
        "map",
        model=mounting.model(card),
        others=[mounting.model(other) for other in others],
        z=code_control.current(card).tolist(),
        moved=code_control.moves(card),
        view=_view(),
    )
    _MAP(
        key=KEY, data=data, on_z_change=released, on_view_change=looked,
        on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip


def _view() -> str:
    """What the map shows, as a new address asks or as it was chosen last; kept in the address."""
    if (asked := links.news("view")) in VIEWS:
        st.session_state["map-view"] = asked
    if (view := st.session_state.get("map-view")) is None:
        return VIEWS[0]
    links.write({"view": view})
    return str(view)
