"""The live latent map: its decoder runs in the browser, as fast as the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.images import strokes
from pages.ui.browser import debounce, mounting
from pages.ui.live_map import code_control
from pages.ui.state import current
from pages.ui.state.declared import Chosen, Colours, Drawing, Map, Place, Walk

KEY = "live-map"

_MAP = st.components.v2.component("live_map", html=mounting.PLACE, js=mounting.LOADER)


def fragments() -> tuple[str, ...]:
    """The fragments of the page that show the code: where the server decodes the map is apart."""
    return ("code", "map") if mounting.why_not() else ("code",)


def show(card: Card, others: Sequence[Card], followed_by: Sequence[str]) -> None:
    """The map of a model. Once a drag ends, the session's code follows, and these fragments."""

    def released() -> None:
        code_control.follow(card, st.session_state[KEY].z)
        mounting.knows(KEY, _known(card))
        if followed_by:
            debounce.redraw("code", *followed_by)

    def looked() -> None:
        if isinstance(look := st.session_state[KEY].look, Mapping):
            current.receive(look)
            mounting.knows(KEY, _known(card))

    data = mounting.data(
        "map",
        model=mounting.model(card),
        others=[mounting.model(other) for other in others],
        z=code_control.current(card).tolist(),
        moved=mounting.moved(KEY, _known(card)),
        state=_state(card),
    )
    _MAP(
        key=KEY, data=data, on_z_change=released, on_look_change=looked,
        on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip


def _state(card: Card) -> dict[str, Any]:
    """What is set on the map, as `frontend/src/map/map_state.ts` names it."""
    place = current.of(Place)
    codes, rest = divmod(len(place.walk), card.latent_dim)
    if rest or codes not in ((3,) if place.curve else (0, 2)) or len(place.curve) % 2:
        current.leave_out(Place, "walk", "curve")
    if not strokes.are_strokes(current.of(Drawing).strokes):
        current.leave_out(Drawing, "strokes")
    groups = (Map, Colours, Place)
    on_map = {name: value for each in groups for name, value in current.of(each).to_dict().items()}
    choice = current.of(Chosen)
    return {
        **on_map, "way": current.of(Walk).way,
        "chosen": choice.chosen, "plane": choice.plane, "drawing": current.of(Drawing).strokes,
    }  # fmt: skip


def _known(card: Card) -> tuple[Any, ...]:
    return card.name, code_control.current(card).tolist(), _state(card)
