"""The bottleneck dial in the browser, which has every picture before it is moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.browser import debounce, mounting
from pages.ui.shared import links

KEY = "dial"
FOLLOWER = "dial-curves"
"""The fragment that is redrawn after the dial."""

_DIAL = st.components.v2.component("dial", html=mounting.PLACE, js=mounting.LOADER)


def size(sizes: Sequence[int]) -> int:
    """The chosen size: from the address, from before, or the middle one."""
    asked = links.news("size")
    if asked and asked.isdecimal() and int(asked[:9]) in sizes:
        st.session_state["dial-size"] = int(asked[:9])
    kept = st.session_state.get("dial-size", sizes[len(sizes) // 2])
    return min(sizes, key=lambda each: abs(each - kept))


def show(sizes: Sequence[int], pictures: dict[str, Any]) -> None:
    """The dial; when it is released, the follower alone is redrawn, and no picture is sent.

    `pictures` holds `words`, `original`, `label` and `rows`, as in `frontend/src/compare/dial.ts`.
    """
    data = mounting.data(
        "dial", sizes=list(sizes), at=sizes.index(size(sizes)),
        turn=st.session_state.get("dial-turn", ""), **pictures,
    )  # fmt: skip
    _DIAL(key=KEY, data=data, on_released_change=_released)


def by_server(sizes: Sequence[int]) -> int:
    """The same as a slider of Streamlit's, which reports a size only when it is released."""
    st.session_state["dial-box"] = size(sizes)
    chosen = st.select_slider("Numbers in the code", sizes, key="dial-box", on_change=_chosen)
    return int(chosen)


def _released() -> None:
    released = st.session_state[KEY].released
    if isinstance(released, Mapping) and isinstance(released.get("size"), int):
        st.session_state["dial-size"] = released["size"]
        st.session_state["dial-turn"] = str(released.get("turn"))[:64]
    links.seen("size")
    debounce.redraw(FOLLOWER)


def _chosen() -> None:
    st.session_state["dial-size"] = st.session_state["dial-box"]
