"""What the form says of somebody's own images: which network suits them, what so few can teach."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ae_core.accounts import ownership
from ae_core.image_sets import ImageSet
from ae_core.models import Preset
from ae_core.recipes import Recipe
from ae_core.texts import _, joined, ngettext
from ae_core.training.suggestions import FEW, augmentation
from pages.ui.shared import forms, training_form
from pages.ui.state.declared import Network

FLIP = Recipe.declaration("flip")


def suggestion(images: ImageSet) -> None:
    """Why the network of the form suits a set, or the button that asks for one that does."""
    if not ownership.is_private(images.name):
        return
    if training_form.is_filled(images):
        st.caption(f":material/lightbulb: {training_form.why(images)}")
    else:
        st.button(
            _("Suggest a network"), icon=":material/lightbulb:", on_click=training_form.fill,
            args=(images,), help=training_form.why(images), key="suggest",
        )  # fmt: skip


def augmented(images: ImageSet, chosen: Preset) -> dict[str, Any]:
    """What to expect of few images, the control for mirrored ones, and how all are augmented."""
    count = len(images.train)
    if count >= FEW:
        return {}
    usual = augmentation(count, images.image_shape)
    few = ngettext(
        "{count:,} training image is little to learn from: the network soon knows it by heart, and"
        " draws what is new to it blurred or as one of those it knows.",
        "{count:,} training images are little to learn from: the network soon knows them by heart,"
        " and draws what is new to it blurred or as one of those it knows.",
        count,
    )
    moved = ngettext(
        "Each step sees them moved by up to {count} pixel, which makes more of them.",
        "Each step sees them moved by up to {count} pixels, which makes more of them.",
        usual["shift"],
    )
    watch = _("The curves show the errors on training and on test images from the start.")
    st.info(joined(few, moved, watch), icon=":material/content_copy:")
    shown = forms.value_of(FLIP, chosen.recipe.flip, Network, "recipe_options")
    st.toggle(
        _("Mirror images show the same"),
        **forms.bound(FLIP, chosen.recipe.flip, shown, Network, "recipe_options"),
    )
    return {**usual, "flip": shown}
