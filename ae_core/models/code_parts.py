"""What a code is made of: numbers that move freely, a class to choose, or whole steps."""

from __future__ import annotations

import math

from jaxtyping import Int64
from torch import Tensor, cat
from torch.nn import functional as F

from ae_core.models.base import Autoencoder
from ae_core.models.families.conditional_vae import ConditionalVAE
from ae_core.models.families.fsq import FSQ
from ae_core.types import Labels, Latents

BITS_A_NUMBER = 8
"""Bits of one number of a stored image."""


def free_numbers(model: Autoencoder) -> int:
    """How many numbers of the code, from the first on, can be moved one by one.

    All of them, but for a model whose code ends with one number for each class.
    """
    return model.config.style_dim if isinstance(model, ConditionalVAE) else model.latent_dim


def class_of(model: ConditionalVAE, z: Latents) -> Labels:
    """The class that each code names most loudly."""
    return z[:, model.config.style_dim :].argmax(1)


def with_class(model: ConditionalVAE, z: Latents, labels: Labels) -> Latents:
    """The same styles, with these classes instead of their own."""
    named = F.one_hot(labels, model.config.classes).to(z.dtype)
    return cat([z[:, : model.config.style_dim], named], dim=1)


def nearest_possible(model: Autoencoder, z: Latents) -> Latents:
    """The nearest codes that images can have: one class and no other, and whole steps."""
    if isinstance(model, ConditionalVAE):
        return with_class(model, z, class_of(model, z))
    if isinstance(model, FSQ):
        return model.quantise(z.clamp(-1, 1))
    return z


def step_numbers(model: FSQ, z: Latents) -> Int64[Tensor, "n d"]:
    """On which level each number stands, counted from 0."""
    highest = model.config.levels - 1
    return ((z.clamp(-1, 1) + 1) * (highest / 2)).round().long()


def code_bits(model: FSQ) -> float:
    """Bits that a code takes when all levels are equally likely."""
    return model.latent_dim * math.log2(model.config.levels)


def image_bits(model: Autoencoder) -> int:
    """Bits of an image as it is stored."""
    return model.pixels * BITS_A_NUMBER
