"""What each kind of model has of its own to show, chosen by what the model is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.models import code_parts
from ae_core.models.families.conditional_vae import ConditionalVAE
from ae_core.models.families.contractive import Contractive
from ae_core.models.families.conv import Conv
from ae_core.models.families.fsq import FSQ
from ae_core.models.families.pca import PCA
from ae_core.models.families.rectified import Rectified
from ae_core.models.families.sparse import Sparse
from ae_core.models.variational import Variational
from pages.ui.family_views import clouds, numbers, pictures
from pages.ui.shared import cached, widgets

Views = Mapping[type | int, Callable[[Card, Any], None]]
"""A view for each kind of model, by its class, and for each size of a code that has one."""

OF_THE_CODE: Views = {
    Sparse: numbers.sparse_code,
    FSQ: numbers.steps_and_bits,
    Contractive: numbers.steadiness,
    PCA: pictures.components,
    Conv: pictures.code_as_picture,
    Variational: clouds.clouds,
    ConditionalVAE: clouds.one_hand,
    3: pictures.digits_in_space,
}

OF_NO_SINGLE_CODE = {Contractive, Variational}
"""Views in which the code under the hand does not appear."""

OF_THE_IMAGES: Views = {Rectified: pictures.canvas}


def show(card: Card) -> None:
    """What is special about this model's codes; nothing for a model without."""
    st.fragment(_draw, key="own")(card, OF_THE_CODE)


def show_images(card: Card) -> None:
    """What is special about how this model's images are looked at."""
    st.fragment(_draw, key="own-images")(card, OF_THE_IMAGES)


def squeeze(card: Card) -> str:
    """A sentence on how much smaller a code is than its image."""
    model = cached.load(card).model
    if isinstance(model, FSQ):
        before, after = code_parts.image_bits(model), code_parts.code_bits(model)
        return f"{before:,} bits become {after:.3g}: {before / after:.3g} times fewer."
    free = code_parts.free_numbers(model)
    if free < model.latent_dim:
        return f"{model.pixels} numbers become {free} for the style and the name of a class."
    return f"{model.pixels:,} numbers become {free}: {model.pixels / free:.3g} times fewer."


def followers(card: Card) -> tuple[str, ...]:
    """The fragment to draw again once the code under the hand has moved, where there is one."""
    follows = set(_kinds(card)) & OF_THE_CODE.keys() - OF_NO_SINGLE_CODE
    return ("own",) if follows else ()


def _draw(card: Card, among: Views) -> None:
    with widgets.shown_errors():
        for kind in _kinds(card):
            if kind in among:
                among[kind](card, cached.load(card).model)


def _kinds(card: Card) -> tuple[type | int, ...]:
    return (*type(cached.load(card).model).__mro__, card.latent_dim)
