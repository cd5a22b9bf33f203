"""The live latent map: its decoder runs in the browser, as fast as the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ae_core.checkpoints.cards import Card
from pages.ui.browser import debounce, mounting
from pages.ui.live_map import code_control
from pages.ui.state import current
from pages.ui.state.declared import Chosen, Map, Place, Walk

KEY = "live-map"
KNOWN, MOVED = "live-map-known", "live-map-moved"
"""What the browser has, and how often the page has set anything else."""


_MAP = st.components.v2.component("live_map", html=mounting.PLACE, js=mounting.LOADER)


def fragments() -> tuple[str, ...]:
    """The fragments of the page that show the code: where the server decodes the map is apart."""
    return ("code", "map") if mounting.why_not() else ("code",)


def show(card: Card, others: Sequence[Card], followed_by: Sequence[str]) -> None:
    """The map of a model. Once a drag ends, the session's code follows, and these fragments."""

    def released() -> None:
        code_control.follow(card, st.session_state[KEY].z)
        st.session_state[KNOWN] = _known(card)
        if followed_by:
            debounce.redraw("code", *followed_by)

    def looked() -> None:
        if isinstance(look := st.session_state[KEY].look, Mapping):
            current.receive(look)
            st.session_state[KNOWN] = _known(card)

    if st.session_state.get(KNOWN) != (known := _known(card)):
        st.session_state[KNOWN] = known
        st.session_state[MOVED] = st.session_state.get(MOVED, 0) + 1
    data = mounting.data(
        "map",
        model=mounting.model(card),
        others=[mounting.model(other) for other in others],
        z=code_control.current(card).tolist(),
        moved=st.session_state[MOVED],
        state=_state(),
    )
    _MAP(
        key=KEY, data=data, on_z_change=released, on_look_change=looked,
        on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip


def _state() -> dict[str, Any]:
    """What is set on the map, as `frontend/src/map/map_state.ts` names it."""
    on_map = {**current.of(Map).to_dict(), **current.of(Place).to_dict()}
    choice = current.of(Chosen)
    return {
        **on_map, "way": current.of(Walk).way,
        "chosen": choice.chosen, "plane": choice.plane,
    }  # fmt: skip


def _known(card: Card) -> tuple[Any, ...]:
    return card.name, code_control.current(card).tolist(), _state()
