"""A model over a whole image set, some images at a time."""

from __future__ import annotations

import torch

from ae_core.models.base import Autoencoder
from ae_core.types import Images, Latents, Pixels

BATCH = 100
"""Codes or images at a time: convolutions are slower with more, which leave the cache."""


@torch.no_grad()
def encode(model: Autoencoder, images: Pixels) -> Latents:
    """The code of each image of a set, in batches; for a VAE the posterior mean."""
    return torch.cat([model.encode(batch.float().div(255)) for batch in images.split(BATCH)])


@torch.no_grad()
def reconstruct(model: Autoencoder, images: Pixels) -> Images:
    """The reconstruction of each image of a set, in batches."""
    return torch.cat([model(batch.float().div(255)) for batch in images.split(BATCH)])


@torch.no_grad()
def decode(model: Autoencoder, z: Latents) -> Images:
    """The image of each code, in batches."""
    return torch.cat([model.decode(batch) for batch in z.split(BATCH)])
