"""The browser's side of what is set on a page: see `page_state.js`, which needs no build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from pages.ui.state import current

KEY = "page-state"

_PAGE_STATE = st.components.v2.component(
    KEY, html="<span></span>", js=(Path(__file__).parent / "page_state.js").read_text("utf-8")
)


def mount() -> None:
    """Keep the browser's history in steps, and take what is set on the page from outside."""
    _PAGE_STATE(key=KEY, on_given_change=_received)


def _received() -> None:
    if isinstance(given := st.session_state[KEY].given, Mapping):
        current.receive(given)
