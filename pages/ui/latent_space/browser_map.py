"""The live map with what moves its code, and what can be done with what is chosen on it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui.browser import mounting, told
from pages.ui.drawing import places
from pages.ui.family_views import family_view
from pages.ui.latent_space import choice as chosen_images
from pages.ui.latent_space import jumps
from pages.ui.live_map import code_control, first_visit, live_map
from pages.ui.shared import widgets
from pages.ui.state import current
from pages.ui.state.declared import Beside


@st.fragment(key="code")
def show(card: Card) -> None:
    """The live map; once a drag ends, the rest of the page follows."""
    if mounting.why_not():  # since the page was drawn
        st.rerun()
    with widgets.shown_errors():
        place, choice = places.kept("map-place"), st.container()
        jumps.show(card)
        are_some = bool(current.of(Beside).models)
        with st.expander(_("More: other models beside it"), expanded=are_some):
            others = told.beside(card)
        with place:
            _map(card, others)
        with choice:
            chosen_images.show(card)


def _map(card: Card, others: list[Card]) -> None:
    model = told.model(card)

    def code() -> list[float]:
        return code_control.current(card).tolist()

    first_visit.remember(model, code)
    live_map.show(
        model,
        [told.model(other) for other in others],
        code,
        follow=partial(code_control.follow, card),
        followed_by=family_view.followers(card),
    )
