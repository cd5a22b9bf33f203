"""The map for the first visitor of a server: as it was told last, while torch is still imported.

What a map is told of a model that ships is kept on disk, as are the files that the browser asks
for (`server/live_files.py`): until the rest of the page is there, none of it needs torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from ae_core import languages
from ae_core.accounts import ownership
from ae_core.storage import kept
from pages.ui.browser import mounting
from pages.ui.drawing import places
from pages.ui.live_map import live_map
from pages.ui.live_map.live_map import Model
from pages.ui.shared import torch_parts
from pages.ui.state import current
from pages.ui.state.declared import Beside, Code, Picked


def show(place: str, *, simple: bool = False) -> None:
    """Show the map alone where torch is not here yet, and run the page again once it is.

    It stands in the `place` of that name, where the page itself has it. Does nothing where torch is
    here, or where the map was never told of what the address says.
    """
    if torch_parts.here.is_set() or mounting.why_not():
        return
    if current.of(Code).z or current.of(Beside).models:
        return
    name = current.of(Picked).model or (kept.read(kept.FIRST_MODEL) or b"").decode()
    told = kept.read(_of(name)) if kept.ships(name) else None
    if told is not None:
        st.container()  # for the notices of the page
        _map(json.loads(told), place, simple)
        torch_parts.wait()
        st.rerun()


@st.fragment(key="code")
def _map(told: Model, name: str, simple: bool) -> None:
    """The map where the page itself has it, so that it stays when that comes."""
    place = places.kept(name)
    model, z = told["model"], told["z"]

    def follow(sent: object) -> None:
        torch_parts.wait()
        from ae_core import checkpoints
        from pages.ui.live_map import code_control

        code_control.follow(checkpoints.card(model["name"]), sent)

    with place:
        live_map.show(
            model, (), lambda: list(current.of(Code).z or z), follow=follow, followed_by=(),
            simple=simple,
        )  # fmt: skip


def remember(model: Model, code: Callable[[], list[float]]) -> None:
    """Keep what the map is told of a model that ships, where all of it is everybody's."""
    name = model["name"]
    address = model["classifier"] or ""
    if current.of(Code).z or not kept.ships(name) or f"/{ownership.PREFIX}" in address:
        return
    kept.keep(_of(name), json.dumps({"model": model, "z": code()}).encode())


def _of(name: str) -> tuple[str, ...]:
    return name, "map", languages.current()
