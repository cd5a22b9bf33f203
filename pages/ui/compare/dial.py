"""The bottleneck dial in the browser, which has every picture before it is moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from ae_core.errors import UserError
from ae_core.texts import _
from pages.ui.browser import debounce, mounting
from pages.ui.state import current
from pages.ui.state.declared import Compare

KEY = "dial"
FOLLOWER = "dial-curves"
"""The fragment that is redrawn after the dial."""

_DIAL = st.components.v2.component("dial", html=mounting.PLACE, js=mounting.LOADER)


def size(sizes: Sequence[int]) -> int:
    """The chosen size, or the middle one; of those that there are, the nearest."""
    kept = current.of(Compare).size or sizes[len(sizes) // 2]
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
    shown = size(sizes)
    st.select_slider(
        _("Numbers in the code"), sizes, **current.widget(Compare, "size", shown, per=tuple(sizes))
    )
    return shown


def _released() -> None:
    released = st.session_state[KEY].released
    if isinstance(released, Mapping):
        with suppress(UserError):
            current.change(Compare, size=released.get("size"))
        st.session_state["dial-turn"] = str(released.get("turn"))[:64]
    debounce.redraw(FOLLOWER)
