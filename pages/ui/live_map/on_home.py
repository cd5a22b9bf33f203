"""The map that a first visitor plays with: picture, map and pad, and no tools."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ae_core.checkpoints.cards import Card
from pages.ui.browser import mounting, told
from pages.ui.drawing import places
from pages.ui.live_map import code_control, first_visit, live_map
from pages.ui.shared import widgets


@st.fragment(key="code")
def show(card: Card) -> None:
    """The map of a model, where the browser can decode."""
    if mounting.why_not():  # since the page was drawn
        st.rerun()
    with widgets.shown_errors(), places.kept(live_map.HOME_PLACE):
        model = told.model(card)

        def code() -> list[float]:
            return code_control.current(card).tolist()

        first_visit.remember(model, code)
        live_map.show(
            model, (), code,
            follow=partial(code_control.follow, card), followed_by=(), simple=True,
        )  # fmt: skip
