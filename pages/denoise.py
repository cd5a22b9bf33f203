"""Denoise: turn noise up, and see what takes it away."""

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui import explained
from pages.ui.denoise import bench, curve, matrix, rounds
from pages.ui.shared import widgets
from pages.ui.state.declared import Denoise
from pages.ui.take_home import offers

PARTS = {
    "bench": bench.show,
    "curve": curve.show,
    "matrix": matrix.show,
    "again-and-again": rounds.show,
}


@st.fragment
def part(card: Card, chosen: str) -> None:
    """One part of the page; its controls redraw no other part."""
    with widgets.shown_errors():
        PARTS[chosen](card)


st.title(_("Denoise"), anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        _(
            "A model that was trained on noise sees the noisy image and has learned to draw the"
            " clean one. Turn the noise up until it gives in."
        )
    )
    explained.terms("denoising", "gaussian-noise", "mse", "ssim")
    part(card, widgets.one_of(_("Part"), Denoise, "part", label_visibility="collapsed"))
    offers.show(card, "denoise")
