"""What can be read off codes and off what makes them: the figures behind each family's view."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.evaluation.metrics import mse
from ae_core.models import batches
from ae_core.models.base import Autoencoder
from ae_core.models.losses import kl_divergence
from ae_core.models.variational import sample
from ae_core.types import Latents, Pixels

DEAD_NATS = 0.05
"""A number of a variational code that says less than this of the image, in nats, is dead."""

FAR = 6
"""Standard deviations from the mean code to where no real image's code is."""

BITS_A_NUMBER = 8
"""Bits of one number of a stored image."""

PLAIN_FAMILIES = ("dense", "deep")


def each_at_maximum(codes: Latents) -> Float[Tensor, "d d"]:
    """The mean code as often as it has numbers, each time with the next one at its maximum."""
    each = codes.mean(0).repeat(codes.shape[1], 1)
    return each.diagonal_scatter(codes.amax(0))


def each_alone(codes: Latents) -> Float[Tensor, "d d"]:
    """Codes of zeros, each with the next number at its maximum."""
    return torch.diag(codes.amax(0))


def first_numbers(z: Float[Tensor, " d"], counts: Sequence[int]) -> Latents:
    """The code with only its first numbers kept, and zero for the rest, for each count."""
    kept = torch.arange(len(z)) < torch.tensor(counts).unsqueeze(1)
    return z * kept


def doubling(limit: int) -> list[int]:
    """1, 2, 4, 8, ... up to `limit`, and `limit` itself."""
    counts = [2**power for power in range(limit.bit_length())]
    return counts if counts[-1] == limit else [*counts, limit]


@torch.no_grad()
def components(model: Autoencoder) -> Float[Tensor, "d c h w"]:
    """What each number of the code adds to the image of a linear model, each from -1 to 1."""
    numbers = torch.eye(model.latent_dim, device=model.device)
    axes = model.decode_logits(numbers) - model.decode_logits(0 * numbers)
    return (axes / axes.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-12)).cpu()


def as_pictures(
    model: Autoencoder, z: Latents, codes: Float[Tensor, "all d"]
) -> Float[Tensor, "n h w"]:
    """The codes `z` of a model with a `code_shape` as the pictures that they are, in [0, 1].

    Grey is the mean number of all `codes`, black and white lie two standard deviations from it.
    """
    spread = codes.std(correction=0).clamp_min(1e-9)
    grey = (z - codes.mean()) / (4 * spread) + 0.5
    assert model.code_shape
    return grey.clamp(0, 1).unflatten(1, model.code_shape)


def level_numbers(model: Autoencoder, z: Latents) -> Int64[Tensor, "n d"]:
    """On which of the model's levels each number stands, counted from 0."""
    assert model.code_levels
    return ((z.clamp(-1, 1) + 1) * ((model.code_levels - 1) / 2)).round().long()


def code_bits(model: Autoencoder) -> float:
    """Bits of a code whose numbers stand on levels, when all levels are equally likely."""
    assert model.code_levels
    return model.latent_dim * math.log2(model.code_levels)


def image_bits(model: Autoencoder) -> int:
    """Bits of an image as it is stored."""
    return model.pixels * BITS_A_NUMBER


@torch.no_grad()
def kl_of_each(model: Autoencoder, images: Pixels) -> Float[Tensor, " d"]:
    """What each number of a code with a posterior says of an image, in nats: the mean KL.

    A number whose KL is below `DEAD_NATS` is dead: it is noise, and the decoder has learned to
    look past it (Burda et al. 2016, arXiv:1509.00519, section 4).
    """
    parts = [
        kl_divergence(*model.posterior(batch.to(model.device).float().div(255)))
        for batch in images.split(batches.BATCH)
    ]
    return torch.cat(parts).mean(0).to(images.device)


def draws(
    mean: Float[Tensor, " d"],
    log_variance: Float[Tensor, " d"],
    count: int,
    generator: torch.Generator,
) -> Latents:
    """`count` codes from one image's cloud."""
    return sample(mean.expand(count, -1), log_variance.expand(count, -1), generator)


@torch.no_grad()
def strangest_corner(model: Autoencoder, codes: Latents) -> Float[Tensor, " d"]:
    """Of the corners of a box far around all codes, the one whose image is least like any other.

    That is the image which the model itself fails to reproduce: its own code is far from the
    corner, so nothing that the encoder has ever seen leads there. For codes of a few numbers, as
    there are 2^d corners.
    """
    ends = torch.tensor([-1.0, 1.0], device=codes.device)
    signs = torch.cartesian_prod(*[ends] * codes.shape[1])
    corners = codes.mean(0) + FAR * codes.std(0) * signs.reshape(-1, codes.shape[1])
    images = model.decode(corners.to(model.device))
    return corners[int(mse(model(images), images).argmax())]


def shifted(images: Pixels) -> Pixels:
    """The images one pixel to the right; the column that comes in is black."""
    return F.pad(images[..., :-1], (1, 0))


def movement(model: Autoencoder, images: Pixels, changed: Pixels) -> float:
    """How far codes move when their images change, in mean distances between two images' codes."""
    before, after = latent.encode(model, images), latent.encode(model, changed)
    usual = torch.pdist(before).mean() if len(before) > 1 else torch.zeros(())
    return float((after - before).norm(dim=1).mean() / usual.clamp_min(1e-9))


def nearest_plain(card: Card, cards: Iterable[Card]) -> Card | None:
    """The plain model of the same images whose code has most nearly as many numbers."""
    plain = [
        other
        for other in cards
        if other.family in PLAIN_FAMILIES
        and other.noise is None
        and other.image_shape == card.image_shape
        and other.image_set == card.image_set
    ]
    return min(
        plain,
        key=lambda other: (
            abs(other.latent_dim - card.latent_dim),
            PLAIN_FAMILIES.index(other.family),
            other.name,
        ),
        default=None,
    )
