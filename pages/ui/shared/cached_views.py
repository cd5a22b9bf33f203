"""The figures behind the family views, cached for all visitors."""

from __future__ import annotations

import streamlit as st
import torch
from torch import Tensor

from ae_core import latent, noise
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import browser_models
from ae_core.image_sets import ImageSet
from ae_core.latent import code_views
from ae_core.texts import N_, _
from ae_core.types import Latents, Pixels
from pages.ui.shared import cached
from pages.ui.shared.waiting import Spinner

MAX_IMAGES = 500
"""Test images that a figure is a mean over."""

NOISE = 0.1


def images(card: Card) -> ImageSet:
    """A model's own images, or the built-in digits; the page has already said which.

    Raises:
        UserError: its own are not here, and it does not fit the digits.
    """
    if found := cached.own_images(card):
        return found
    digits = cached.image_set("digits")
    if digits.image_shape != card.image_shape:
        raise UserError(
            _(
                "The images of {model} are not here, so this view has none to show.",
                model=card.title,
            )
        )
    return digits


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def free_axes(card: Card) -> tuple[Tensor, Tensor, list[float]]:
    """Centre, principal axes and shares of those numbers of the codes that move freely."""
    return browser_models.free_axes(cached.load(card).model, cached.codes(card)[0])


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def kl_of_each(card: Card, set_name: str) -> Tensor:
    """Mean KL of each number of a code with a posterior over test images, (d,), in nats."""
    model = cached.load(card).model
    return code_views.kl_of_each(model, cached.image_set(set_name).test[:MAX_IMAGES])


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def strangest_corner(card: Card) -> Tensor:
    """A code far from all others, (d,), whose image is least like any other."""
    return code_views.strangest_corner(cached.load(card).model, cached.codes(card)[0])


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def movements(card: Card, set_name: str) -> tuple[float, float]:
    """How far codes move when images move by a pixel, and when they get noise."""
    test = cached.image_set(set_name).test[:MAX_IMAGES]
    model = cached.load(card).model
    return (
        code_views.movement(model, test, code_views.shifted(test)),
        code_views.movement(model, test, noisy(test)),
    )


def noisy(test: Pixels) -> Pixels:
    """The images with a little noise, the same each time."""
    spoilt = noise.Gaussian(mean=0.0, std=NOISE)(
        test.float().div(255), torch.Generator().manual_seed(0)
    )
    return spoilt.mul(255).round().to(torch.uint8)


@st.cache_resource(
    max_entries=8, show_spinner=Spinner(N_("Decoding 900 images")), hash_funcs=cached.BY_CONTENT
)
def decoded_square(card: Card, half: float, count: int) -> Tensor:
    """The image of each code on a square grid from -half to half, row by row from the top."""
    z: Latents = latent.grid((-half, -half), (half, half), count, count).flatten(0, 1)
    return latent.decode(cached.load(card).model, z)
