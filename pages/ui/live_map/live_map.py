"""The live latent map: its decoder runs in the browser, as fast as the pointer. Without torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ae_core.images import strokes
from pages.ui.browser import debounce, mounting
from pages.ui.state import current
from pages.ui.state.declared import Chosen, Colours, Drawing, Map, Place, Walk

KEY = "live-map"

Model = dict[str, Any]
"""What the browser is told of a model."""

_MAP = st.components.v2.component("live_map", html=mounting.PLACE, js=mounting.LOADER)


def fragments() -> tuple[str, ...]:
    """The fragments of the page that show the code: where the server decodes the map is apart."""
    return ("code", "map") if mounting.why_not() else ("code",)


def show(
    model: Model,
    others: Sequence[Model],
    code: Callable[[], list[float]],
    *,
    follow: Callable[[object], None],
    followed_by: Sequence[str],
) -> None:
    """The map of a model, at the `code` of the session.

    Once a drag ends, `follow` is given what the browser sends, and these fragments are drawn again.
    """

    def known() -> tuple[Any, ...]:
        return model["name"], code(), _state(model["dim"])

    def released() -> None:
        follow(st.session_state[KEY].z)
        mounting.knows(KEY, known())
        if followed_by:
            debounce.redraw("code", *followed_by)

    def looked() -> None:
        if isinstance(look := st.session_state[KEY].look, Mapping):
            current.receive(look)
            mounting.knows(KEY, known())

    data = mounting.data(
        "map",
        model=model,
        others=list(others),
        z=code(),
        moved=mounting.moved(KEY, known()),
        state=_state(model["dim"]),
    )
    _MAP(
        key=KEY, data=data, on_z_change=released, on_look_change=looked,
        on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip


def _state(latent_dim: int) -> dict[str, Any]:
    """What is set on the map, as `frontend/src/map/map_state.ts` names it."""
    place = current.of(Place)
    codes, rest = divmod(len(place.walk), latent_dim)
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
