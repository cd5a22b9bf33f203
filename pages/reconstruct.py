"""Reconstruct: originals over their reconstructions over the differences; one's own too."""

import streamlit as st

from ae_core.texts import _, joined
from pages.ui import explained
from pages.ui.family_views import family_view
from pages.ui.reconstruct import own_picture, test_images
from pages.ui.shared import widgets
from pages.ui.state.declared import Reconstruct
from pages.ui.take_home import offers

SOURCES = {
    "test-images": test_images.show,
    "draw": own_picture.drawing,
    "upload": own_picture.upload,
    "camera": own_picture.taken,
}

st.title(_("Reconstruct"), anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        joined(
            family_view.squeeze(card),
            _("Look for what got lost, then try the worst ones, or one of your own."),
        )
    )
    explained.terms("reconstruction-error", "mse", "test-images")
    source = widgets.one_of(_("Images from"), Reconstruct, "source", label_visibility="collapsed")
    SOURCES[source](card)
    if source == "test-images":
        family_view.show_images(card)
    offers.show(card, "reconstruct")
