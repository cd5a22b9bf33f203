"""One click from the chosen noise to a form that trains a model against it."""

from __future__ import annotations

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.texts import _, joined
from pages.ui.denoise.chosen_noise import Corruption
from pages.ui.shared.labels import NOISES
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
    kind, strength, mean = _(NOISES[corruption.kind]), corruption.strength, corruption.mean
    opens = _(
        "Opens Train with this noise to remove: {noise} {strength:.2f}.",
        noise=kind, strength=strength,
    )  # fmt: skip
    if mean:
        opens = _(
            "Opens Train with this noise to remove: {noise} {strength:.2f}, mean {mean:.2f}.",
            noise=kind, strength=strength, mean=mean,
        )  # fmt: skip
    takes_over = not card.noise and card.image_set == images
    then = _("The new model then stands here as the one trained on noise.")
    st.page_link(
        "../train.py", label=_("Train me at this noise"), icon=":material/model_training:",
        query_params=address.to_query([Picked(card.name), asked]),
        help=joined(opens, then if takes_over else ""),
    )  # fmt: skip
