"""A model over a whole image set, some images at a time.

The model may lie on another device than what it is given; what comes back lies where that did.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor

from ae_core.errors import UserError
from ae_core.models.base import Autoencoder, ImageShape
from ae_core.texts import _
from ae_core.types import Images, Latents

BATCH = 100
"""Codes or images at a time: convolutions are slower with more, which leave the cache."""

AnyImages = (
    UInt8[Tensor, "n c h w"] | Float[Tensor, "n c h w"]
    | UInt8[ndarray, "n c h w"] | Float[ndarray, "n c h w"]
)  # fmt: skip
"""Images as bytes from 0 to 255, or as numbers in [0, 1]."""


def in_batches(images: AnyImages, shape: ImageShape, size: int = BATCH) -> Iterator[Images]:
    """The images in [0, 1], so many at a time.

    Raises:
        UserError: they are not of this shape, or numbers outside of [0, 1]; which.
    """
    found = torch.as_tensor(images)
    if found.ndim != 4 or tuple(found.shape[1:]) != shape:
        taken = f"(n, {', '.join(map(str, shape))})"
        raise UserError(
            _(
                "The model takes images of the shape {taken}, and these are {given}.",
                taken=taken, given=str(tuple(found.shape)),
            )
        )  # fmt: skip
    for batch in found.split(size):
        if found.dtype == torch.uint8:
            yield batch.float().div(255)
            continue
        if not found.dtype.is_floating_point:
            raise UserError(
                _("Images are uint8 or floats in [0, 1], and these are {kind}.", kind=found.dtype)
            )
        low, high = (float(end) for end in batch.aminmax())
        if not (low >= 0 and high <= 1):
            raise UserError(
                _(
                    "Images that are floats lie in [0, 1], and these reach from {low:.3g} to"
                    " {high:.3g}. Divide by 255 what was read as bytes, or pass uint8.",
                    low=low, high=high,
                )
            )  # fmt: skip
        yield batch.float()


@torch.no_grad()
def encode(model: Autoencoder, images: AnyImages) -> Latents:
    """The code of each image of a set, in batches; for a VAE the posterior mean.

    Raises:
        UserError: the images are not of the model's shape, or not in [0, 1].
    """
    return torch.cat(
        [
            model.encode(x.to(model.device)).to(x.device)
            for x in in_batches(images, model.image_shape)
        ]
    )


@torch.no_grad()
def reconstruct(model: Autoencoder, images: AnyImages) -> Images:
    """The reconstruction of each image of a set, in batches.

    Raises:
        UserError: the images are not of the model's shape, or not in [0, 1].
    """
    return torch.cat(
        [model(x.to(model.device)).to(x.device) for x in in_batches(images, model.image_shape)]
    )


@torch.no_grad()
def decode(model: Autoencoder, z: Latents) -> Images:
    """The image of each code, in batches."""
    return torch.cat(
        [model.decode(batch.to(model.device)).to(z.device) for batch in z.split(BATCH)]
    )
