"""The form of Train, filled in for an image set with the network that suits it."""

from __future__ import annotations

import streamlit as st

from ae_core.image_sets import ImageSet
from ae_core.models import preset
from ae_core.texts import _
from ae_core.training.suggestions import Suggestion, suggested
from pages.ui.state import current
from pages.ui.state.declared import Network, Train


def button(images: ImageSet, key: str, *, first: bool = False) -> None:
    """The button that opens the form for a set; the `first` thing to do, where it is that."""
    if st.button(
        _("Train on these"), icon=":material/model_training:", key=key, help=why(images),
        type="primary" if first else "secondary",
    ):  # fmt: skip
        fill(images)
        st.switch_page("../train.py")


def suggestion(images: ImageSet) -> Suggestion:
    """The network that suits a set."""
    return suggested(len(images.train), images.image_shape)


def why(images: ImageSet) -> str:
    """Why the network that suits a set does."""
    return suggestion(images).why


def fill(images: ImageSet) -> None:
    """Ask for the network that suits a set, on all of it."""
    found = suggestion(images)
    current.change(
        Train, part="your-run", what="autoencoder", preset=found.preset, image_set=images.name,
        classes=(), noise="", strength=None, unit="seconds", seconds=found.seconds,
    )  # fmt: skip
    usual = preset(found.preset).config.latent_dim
    size = {} if found.latent_dim == usual else {"latent_dim": found.latent_dim}
    current.change(Network, start="", recipe="", network_options=size, recipe_options=found.recipe)


def is_filled(images: ImageSet) -> bool:
    """Whether the form asks for the network that suits a set."""
    found, name = suggestion(images), current.of(Train).preset
    usual = preset(found.preset).config.latent_dim
    size = current.of(Network).network_options.get("latent_dim", usual)
    return name == found.preset and size == found.latent_dim
