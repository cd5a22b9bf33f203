"""Compare: how small a code can be, models side by side, what their losses and their maps say."""

import streamlit as st

from ae_core.texts import N_, _
from pages.ui import explained
from pages.ui.compare import bottleneck, loss, maps, out_of_distribution, side_by_side, whole_ladder
from pages.ui.shared import widgets
from pages.ui.state.declared import Compare
from pages.ui.take_home import offers

SHOWN = {
    "bottleneck": bottleneck.show,
    "side-by-side": side_by_side.show,
    "loss": loss.show,
    "out-of-distribution": out_of_distribution.show,
    "two-maps": maps.show,
}
TRY = {
    "bottleneck": N_(
        "Turn the dial and watch at which size your images become themselves; or, below, train a"
        " whole ladder of sizes and watch its curve."
    ),
    "side-by-side": N_(
        "Put two to four models on the same images, and look for where they disagree."
    ),
    "loss": N_(
        "Look where one image pays, pixel by pixel, and how its pixels add up to the figure."
    ),
    "out-of-distribution": N_(
        "Show a model what it never saw. Does it copy, or has it learned what its images are?"
    ),
    "two-maps": N_("Move over both maps at once, and look for places that decode to nothing real."),
}
TERMS = {
    "bottleneck": ("bottleneck", "pca", "vae", "beta"),
    "side-by-side": ("reconstruction-error", "ssim"),
    "loss": ("loss", "bce", "kl-divergence", "nats", "prior"),
    "out-of-distribution": ("out-of-distribution", "elbo"),
    "two-maps": ("latent-space", "vae", "prior"),
}

title, switch = st.columns([1, 3], vertical_alignment="bottom")
title.title(_("Compare"), anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    with switch:
        part = widgets.one_of(_("Compare"), Compare, "part", label_visibility="collapsed")
    st.caption(_(TRY[part]))
    explained.terms(*TERMS[part])
    SHOWN[part](card)
    if part == "bottleneck":
        whole_ladder.show(card)
    offers.show(card, "compare")
