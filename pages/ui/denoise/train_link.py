"""One click from the chosen noise to a form that trains a model against it."""

from __future__ import annotations

import streamlit as st

from ae_core.checkpoints.cards import Card
from pages.ui.denoise.chosen_noise import Corruption
from pages.ui.shared.noise_names import KINDS
from pages.ui.state import address
from pages.ui.state.declared import Picked, Train

PRESET = "wide-49"
SECONDS = 20


def link(card: Card, images: str, corruption: Corruption) -> None:
    """The link to the form, filled in for an image set and this noise."""
    asked = Train.from_dict({
        "preset": PRESET, "image_set": images, "seconds": SECONDS, "noise": corruption.kind,
        "strength": corruption.strength, "mean": corruption.mean,
    })  # fmt: skip
    veil = f", mean {corruption.mean:.2f}" if corruption.mean else ""
    takes_over = not card.noise and card.image_set == images
    then = " The new model then stands here as the one trained on noise." if takes_over else ""
    st.page_link(
        "../train.py", label="Train me at this noise", icon=":material/model_training:",
        query_params=address.to_query([Picked(card.name), asked]),
        help=f"Opens Train with {KINDS[corruption.kind].lower()} {corruption.strength:.2f}{veil} as"
        f" the noise to remove.{then}",
    )  # fmt: skip
