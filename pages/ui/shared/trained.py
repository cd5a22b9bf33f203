"""The model that a visitor has had trained: once it is there, every page opens on it."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from pages.ui.state import current
from pages.ui.state.declared import Picked

AWAITED, SEEN = "trained:awaited", "trained:seen"


def expect(name: str) -> None:
    """Choose the model of this name as soon as it is there."""
    st.session_state[AWAITED] = name


def choose(here: Collection[str]) -> None:
    """Choose the model that is expected, where it is one of those here."""
    if st.session_state.get(AWAITED) in here:
        current.change(Picked, model=st.session_state.pop(AWAITED))


def choose_where_opened(here: Collection[str]) -> None:
    """The same where a page has just been opened: nothing changes under somebody's hands.

    An address that names its model keeps it.
    """
    page = st.session_state.get(current.PAGE)
    if st.session_state.get(SEEN) != page and not st.session_state.get(current.GIVEN):
        choose(here)
    st.session_state[SEEN] = page
