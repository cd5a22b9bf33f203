"""The browser's side of what is set on a page: see `page_state.js`, which needs no build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from ae_core import languages
from pages.ui.state import current, language

KEY, KEPT = "page-state", "page-state-kept"

_PAGE_STATE = st.components.v2.component(
    KEY, html="<span></span>", js=(Path(__file__).parent / "page_state.js").read_text("utf-8")
)


def mount() -> None:
    """Keep the history in steps, say the language, and take what is set from outside."""
    told = {
        "language": languages.tag(),
        "chosen": language.chosen(),
        "cookie": languages.COOKIE,
        "kept": st.session_state.get(KEPT, {}),
    }
    _PAGE_STATE(key=KEY, data=told, on_given_change=_received)


def keep(cookie: str, text: str) -> None:
    """Have the browser keep a short text until it is closed; for callbacks."""
    st.session_state[KEPT] = {**st.session_state.get(KEPT, {}), cookie: quote(text)}


def _received() -> None:
    if isinstance(given := st.session_state[KEY].given, Mapping):
        current.receive(given)
