"""Codes: what each number does, what can be computed with them, what they are good for."""

import streamlit as st

from ae_core.texts import N_, _
from pages.ui import explained
from pages.ui.codes import (
    anomalies,
    arithmetic,
    factors,
    features,
    losses,
    maps,
    neighbours,
    traversals,
)  # fmt: skip
from pages.ui.shared import widgets
from pages.ui.state.declared import Codes
from pages.ui.take_home import offers

PARTS = {
    "one-number-at-a-time": (
        traversals.show,
        N_("Each row moves one number of the code and leaves the rest: find the one that slants."),
    ),
    "used-and-dead": (
        losses.show,
        N_("Take one number away, put its mean there, and see how much worse the picture gets."),
    ),
    "arithmetic": (
        arithmetic.show,
        N_("Codes can be added and taken apart: put three images in and see what a + b - c draws."),
    ),
    "neighbours": (
        neighbours.show,
        N_(
            "Tap an image, or bring one: which are nearest to it, by their codes and by their"
            " pixels?"
        ),
    ),
    "features": (
        features.show,
        N_("A code is useful if a simple rule can read the class off it. How few numbers will do?"),
    ),
    "factors": (
        factors.show,
        N_("Which number of the code follows which factor? One bright field a row is the ideal."),
    ),
    "maps": (
        maps.show,
        N_(
            "Three ways to lay many numbers flat. Tap a point to see its image; ask which map lies."
        ),
    ),
    "anomalies": (
        anomalies.show,
        N_("Which images are unlike what the model learned? Move the threshold, look beyond it."),
    ),
}
TERMS = {
    "one-number-at-a-time": ("code", "decoder"),
    "used-and-dead": ("latent-dimension", "sparsity", "pca", "kl-divergence"),
    "arithmetic": ("code", "latent-space"),
    "neighbours": ("code", "encoder"),
    "features": ("linear-classifier", "sparsity"),
    "factors": ("disentanglement", "beta"),
    "maps": ("pca", "umap", "t-sne"),
    "anomalies": ("anomaly", "reconstruction-error"),
}

st.title(_("Codes"), anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    part = widgets.one_of(_("Part"), Codes, "part", label_visibility="collapsed")
    draw, invitation = PARTS[part]
    st.caption(_(invitation))
    explained.terms(*TERMS[part])
    draw(card)
    offers.show(card, "codes")
