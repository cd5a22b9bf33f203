"""Latent space: move a code, and see what it decodes to and where on the map it lies."""

import streamlit as st

from ae_core.texts import _
from pages.ui.live_map import first_visit
from pages.ui.state import current
from pages.ui.state.declared import Cloud

st.title(_("Latent space"), anchor=False)
st.caption(
    _("Each place of the map is an image: drag on it. Or draw a digit, and see where it lies.")
)
first_visit.show("map-place")

from pages.ui import explained  # noqa: E402
from pages.ui.browser import mounting  # noqa: E402 - torch comes after the map
from pages.ui.family_views import family_view  # noqa: E402
from pages.ui.latent_space import browser_map, server_map  # noqa: E402
from pages.ui.shared import fetching, widgets  # noqa: E402
from pages.ui.take_home import offers  # noqa: E402

with widgets.shown_errors():
    card = widgets.picked_model()
    with st.container():
        fetching.offer_where_missing(card.image_set)
        if reason := mounting.why_not():
            st.caption(reason)
    if reason:
        server_map.show(card)
    else:
        browser_map.show(card)
    explained.terms("latent-space", "encoder", "decoder", "test-images", "classifier")
    if family_view.are_some(card):
        named = current.of(Cloud) != Cloud()
        with st.expander(_("More: what is special about this model's codes"), expanded=named):
            family_view.show(card)
    offers.show(card, "latent_space")
