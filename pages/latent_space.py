"""Latent space: move a code, and see what it decodes to and where on the map it lies."""

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui.browser import mounting
from pages.ui.family_views import family_view
from pages.ui.latent_space import choice as chosen_images
from pages.ui.latent_space import jumps, server_map
from pages.ui.live_map import live_map
from pages.ui.shared import fetching, widgets
from pages.ui.state import current


@st.fragment(key="code")
def browser(card: Card) -> None:
    """The live map; once a drag ends, the rest of the page follows."""
    if mounting.why_not():  # since the page was drawn
        st.rerun()
    with widgets.shown_errors():
        place, choice = st.container(key="map-place"), st.container()
        place.empty()  # an empty container keeps no place
        jumps.show(card)
        others = mounting.beside(card)
        with place:
            live_map.show(card, others, followed_by=family_view.followers(card))
        with choice:
            chosen_images.show(card)


current.open_page("latent_space")
st.header(_("Latent space"), anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        _(
            "Drag anywhere on the map, or move a slider, and watch the image change. Each place of"
            " the map is an image: draw one and see where it lies, walk from one to another."
        )
    )
    fetching.offer_where_missing(card.image_set)
    if reason := mounting.why_not():
        st.caption(reason)
        server_map.show(card)
    else:
        browser(card)
    family_view.show(card)
