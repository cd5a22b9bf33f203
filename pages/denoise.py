"""Denoise: turn noise up, and see what takes it away."""

import streamlit as st

from ae_core.cards import Card
from pages.ui import (
    denoise_bench,
    denoise_curve,
    denoise_matrix,
    denoise_rounds,
    widgets,
)

PARTS = {
    "bench": denoise_bench.show,
    "curve": denoise_curve.show,
    "matrix": denoise_matrix.show,
    "again and again": denoise_rounds.show,
}


@st.fragment
def part(card: Card, chosen: str) -> None:
    """One part of the page; a control of it redraws no other."""
    with widgets.shown_errors():
        PARTS[chosen](card)


st.header("Denoise", anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        "A model that was trained on noise sees the noisy image and has learned to draw the clean"
        " one. Turn the noise up until it gives in."
    )
    part(card, widgets.one_of("Part", tuple(PARTS), key="part", label_visibility="collapsed"))
