"""One number of a code at a time: what changes when it alone is moved, and what without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ae_core import latent
from ae_core.evaluation.metrics import mse
from ae_core.latent.codes import RANGE_QUANTILES
from ae_core.models.base import Autoencoder
from ae_core.types import Latents, Pixels

CONSTANT = 1e-6
"""Deviation below which a number of the code never moves."""

Done = Callable[[float], None]


def along(
    model: Autoencoder, z: Float[Tensor, " d"], index: int, low: float, high: float, steps: int
) -> Float[Tensor, "steps d"]:
    """The code with one number moved from `low` to `high`, as codes that images can have."""
    moved = z.repeat(steps, 1)
    moved[:, index] = torch.linspace(low, high, steps, device=z.device)
    return model.nearest_possible(moved)


def ends(codes: Latents) -> tuple[Float[Tensor, " d"], Float[Tensor, " d"]]:
    """From where to where each number is moved: between the 0.5 % quantiles of the codes."""
    low, high = torch.quantile(codes, torch.tensor(RANGE_QUANTILES, device=codes.device), dim=0)
    return low, high


def constant(codes: Latents) -> list[int]:
    """The numbers of the code that never move."""
    return (codes.std(0, correction=0) < CONSTANT).nonzero()[:, 0].tolist()


@torch.no_grad()
def movement(
    model: Autoencoder, base: Float[Tensor, "b d"], codes: Latents
) -> Float[Tensor, " free"]:
    """How much each number changes the picture: grey levels a pixel between its two ends.

    A mean over the codes of `base`, in [0, 1]; for numbers that move freely.
    """
    low, high = ends(codes)
    moved = []
    for index in range(model.free_numbers):
        images = []
        for end in (low, high):
            z = base.clone()
            z[:, index] = end[index]
            images.append(latent.decode(model, model.nearest_possible(z)))
        moved.append((images[1] - images[0]).abs().mean())
    return torch.stack(moved)


@torch.no_grad()
def ablation(
    model: Autoencoder, x: Pixels, z: Latents, done: Done = lambda share: None
) -> tuple[float, Float[Tensor, " free"]]:
    """The error with the whole code, and without each number in turn: set to its mean.

    MSE, mean over the images; for numbers that move freely.
    """
    clean, free = x.float().div(255), model.free_numbers
    whole = float(mse(latent.decode(model, z), clean).mean())
    without = []
    for index in range(free):
        cut = z.clone()
        cut[:, index] = z[:, index].mean()
        images = latent.decode(model, model.nearest_possible(cut))
        without.append(mse(images, clean).mean())
        done((index + 1) / free)
    return whole, torch.stack(without)


def correlations(a: Float[Tensor, "n p"], b: Float[Tensor, "n q"]) -> Float[Tensor, "p q"]:
    """Pearson's r of each column of `a` with each of `b`; 0 where one never moves."""
    scaled = []
    for each in (a.double(), b.double()):
        centred = each - each.mean(0)
        length = centred.norm(dim=0)
        never = length < CONSTANT * len(each) ** 0.5
        scaled.append(torch.where(never, 0.0, centred / length.clamp_min(1e-30)))
    return (scaled[0].T @ scaled[1]).float()


def strongest(r: Float[Tensor, " q"], names: Sequence[str]) -> tuple[str, float]:
    """The name with the largest correlation of either sign, and it."""
    index = int(r.abs().argmax())
    return names[index], float(r[index])
