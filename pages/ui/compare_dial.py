"""The bottleneck dial in the browser: every picture is there before the hand moves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.ui import links, live, resting

KEY = "dial"
FOLLOWER = "dial-curves"
"""The fragment that follows the dial."""

_DIAL = st.components.v2.component("dial", html=live.PLACE, js=live.LOADER)


def size(sizes: Sequence[int]) -> int:
    """The size that is dialled: from the address, from before, or the middle one."""
    asked = links.news("size")
    if asked and asked.isdecimal() and int(asked[:9]) in sizes:
        st.session_state["dial-size"] = int(asked[:9])
    kept = st.session_state.get("dial-size", sizes[len(sizes) // 2])
    return min(sizes, key=lambda each: abs(each - kept))


def show(sizes: Sequence[int], pictures: dict[str, Any]) -> None:
    """The dial; where the hand lets go, the follower is drawn again.

    `pictures` holds `words`, `original`, `label` and `rows` as `frontend/src/dial.ts` has them.
    """
    if KEY not in st.session_state:  # it was not on the page: it begins where it was left
        st.session_state["dial-start"] = sizes.index(size(sizes))
    # What changed at each release would send all pictures again.
    at = min(st.session_state["dial-start"], len(sizes) - 1)
    data = live.data("dial", sizes=list(sizes), at=at, **pictures)
    _DIAL(key=KEY, data=data, on_size_change=_released)


def by_server(sizes: Sequence[int]) -> int:
    """The same as a slider of Streamlit's, which tells only where the hand let go."""
    st.session_state["dial-box"] = size(sizes)
    chosen = st.select_slider("Numbers in the code", sizes, key="dial-box", on_change=_chosen)
    return int(chosen)


def _released() -> None:
    sent = st.session_state[KEY].size
    if isinstance(sent, int | float):
        st.session_state["dial-size"] = int(sent)
    resting.redraw(FOLLOWER)


def _chosen() -> None:
    st.session_state["dial-size"] = st.session_state["dial-box"]
