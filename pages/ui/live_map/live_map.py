"""The live latent map: its decoder runs in the browser, as fast as the pointer. Without torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ae_core.images import strokes
from pages.ui.browser import debounce, mounting
from pages.ui.state import current
from pages.ui.state.declared import Chosen, Colours, Drawing, Map, Place, Walk
from pages.ui.state.values import State

KEY, ON_HOME = "live-map", "home-map"
HOME_PLACE = "home-map-place"

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
    simple: bool = False,
) -> None:
    """The map of a model, at the `code` of the session; `simple` with picture and pad alone.

    Once a drag ends, `follow` is given what the browser sends, and these fragments are drawn again.
    """
    key = ON_HOME if simple else KEY

    def state() -> dict[str, Any]:
        return _state(model["dim"], simple=simple)

    def known() -> tuple[Any, ...]:
        return model["name"], code(), state()

    def released() -> None:
        follow(st.session_state[key].z)
        mounting.knows(key, known())
        if followed_by:
            debounce.redraw("code", *followed_by)

    def looked() -> None:
        if isinstance(look := st.session_state[key].look, Mapping):
            current.receive(look)
            mounting.knows(key, known())

    data = mounting.data(
        "map",
        model=model,
        others=list(others),
        z=code(),
        moved=mounting.moved(key, known()),
        state=state(),
        simple=simple,
    )
    _MAP(
        key=key, data=data, on_z_change=released, on_look_change=looked,
        on_failed_change=lambda: mounting.failed(key),
    )  # fmt: skip


def _state(latent_dim: int, *, simple: bool) -> dict[str, Any]:
    """What is set on the map, as `frontend/src/map/map_state.ts` names it.

    A `simple` one has no tools: it shows images all over, and has what is drawn on its pad.
    """
    if not strokes.are_strokes(current.of(Drawing).strokes):
        current.leave_out(Drawing, "strokes")
    groups: tuple[State, ...] = (Map(view="decoded", grid=10), Colours(), Place())
    walk, choice = Walk(), Chosen()
    if not simple:
        place = current.of(Place)
        codes, rest = divmod(len(place.walk), latent_dim)
        if rest or codes not in ((3,) if place.curve else (0, 2)) or len(place.curve) % 2:
            current.leave_out(Place, "walk", "curve")
        groups = (current.of(Map), current.of(Colours), current.of(Place))
        walk, choice = current.of(Walk), current.of(Chosen)
    on_map = {name: value for group in groups for name, value in group.to_dict().items()}
    return {
        **on_map, "way": walk.way,
        "chosen": choice.chosen, "plane": choice.plane, "drawing": current.of(Drawing).strokes,
    }  # fmt: skip
