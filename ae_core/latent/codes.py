"""Codes: their ranges, grids over them and walks between them."""

from __future__ import annotations

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from ae_core.errors import UserError
from ae_core.texts import ngettext
from ae_core.types import Labels, Latents

MAX_CODE = 10_000
"""Largest number in a code that is typed or comes in an address."""

LEAST_OF_A_CLOUD = 100
"""Codes from which on one can say how far they usually lie from each other."""

RANGE_QUANTILES = (0.005, 0.995)
"""Share of the codes left outside each end of a slider."""


def slider_ranges(codes: Latents) -> tuple[list[float], list[float]]:
    """Lowest and highest value worth a slider, for each dimension.

    The ends are quantiles of the codes, widened by a tenth; a dimension that never moves gets
    a range of one about its value.
    """
    ends = torch.tensor(RANGE_QUANTILES, device=codes.device)
    low, high = torch.quantile(codes.float(), ends, dim=0)
    margin = torch.where(high > low, (high - low) * 0.1, torch.full_like(low, 0.5))
    return (low - margin).tolist(), (high + margin).tolist()


def grid(
    low: tuple[float, float],
    high: tuple[float, float],
    rows: int,
    columns: int,
    *,
    spacing: Literal["linear", "gaussian"] = "linear",
) -> Float[Tensor, "rows columns 2"]:
    """Codes on a grid over two dimensions; the first row is the top, with the highest z[1].

    "linear" spaces them evenly between `low` and `high`. "gaussian" puts them at the quantiles of
    a standard normal, so that each stands for an equal share of a VAE's prior (Kingma and Welling
    2014, arXiv:1312.6114, figure 4); `low` and `high` are not used.
    """
    if spacing == "gaussian":
        normal = torch.distributions.Normal(0.0, 1.0)
        across, down = (normal.icdf((torch.arange(n) + 0.5) / n) for n in (columns, rows))
    else:
        across = torch.linspace(low[0], high[0], columns)
        down = torch.linspace(low[1], high[1], rows)
    y, x = torch.meshgrid(down.flip(0), across, indexing="ij")
    return torch.stack([x, y], dim=-1)


def straight_walk(
    a: Float[Tensor, " d"], b: Float[Tensor, " d"], steps: int
) -> Float[Tensor, "steps d"]:
    """Walk from `a` to `b` in a straight line, ends included.

    Raises:
        ValueError: `steps` is below 2.
    """
    _enough(steps)
    return torch.lerp(a, b, torch.linspace(0, 1, steps).unsqueeze(1))


def spherical_walk(
    a: Float[Tensor, " d"], b: Float[Tensor, " d"], steps: int
) -> Float[Tensor, "steps d"]:
    """Walk from `a` to `b` along the arc between them, ends included.

    A straight line between two Gaussian codes passes nearer the origin than almost any code the
    decoder was trained on; the arc keeps the length (Shoemake 1985; White 2016, arXiv:1609.04468).
    Codes of different length change it evenly on the way. Codes on one line through the origin
    have no single arc between them, and get the straight line.

    Raises:
        ValueError: `steps` is below 2.
    """
    _enough(steps)
    share = torch.linspace(0, 1, steps).unsqueeze(1)
    lengths = a.norm() * b.norm()
    angle = torch.arccos((a @ b / lengths).clamp(-1, 1)) if lengths > 0 else torch.zeros(())
    if angle.sin() < 1e-3:
        return straight_walk(a, b, steps)
    direction = (
        torch.sin((1 - share) * angle) * a / a.norm() + torch.sin(share * angle) * b / b.norm()
    ) / angle.sin()
    return direction * torch.lerp(a.norm(), b.norm(), share)


def principal_axes(
    codes: Latents, count: int = 2
) -> tuple[Float[Tensor, " d"], Float[Tensor, "count d"], list[float]]:
    """Centre, directions of greatest spread, and the share of the variance that each holds.

    The sign of a direction is fixed by its largest component, so a map does not flip.
    """
    centre = codes.mean(0)
    centred = (codes - centre).double()
    variances, directions = torch.linalg.eigh(centred.T @ centred / len(codes))
    axes = directions.flip(1).T[:count]
    largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
    shares = variances.flip(0)[:count] / variances.sum().clamp_min(1e-12)
    return centre, (axes * largest.sign()).to(codes.dtype), shares.tolist()


def nearest(codes: Latents, z: Float[Tensor, " d"], count: int = 1) -> Tensor:
    """Indices of the codes nearest to `z`, nearest first."""
    return (codes - z).square().sum(1).topk(min(count, len(codes)), largest=False).indices


def _enough(steps: int) -> None:
    if steps < 2:
        raise ValueError(f"a walk has at least its two ends, not {steps} steps")


def parse_code(text: str, latent_dim: int) -> Float[Tensor, " d"]:
    """A code from typed numbers, divided by commas or spaces, in brackets or not.

    Raises:
        UserError: not the right count of numbers, or something that is no finite number.
    """
    words = text.strip().strip("[]()").replace(",", " ").split()
    try:
        z = torch.tensor([float(word) for word in words])
    except ValueError:
        z = torch.tensor([math.nan])
    if len(z) != latent_dim or not bool((z.abs() <= MAX_CODE).all()):
        raise UserError(
            ngettext(
                "A code of this model is {count:,} number between -{limit:,} and {limit:,}, divided"
                " by commas or spaces.",
                "A code of this model is {count:,} numbers between -{limit:,} and {limit:,},"
                " divided by commas or spaces.",
                latent_dim, limit=MAX_CODE,
            )
        )  # fmt: skip
    return z


def usual_distance(codes: Latents, *, sample: int = 400) -> float | None:
    """Distance to the nearest other code that 99 % of the codes stay below, from a sample.

    None of fewer than a hundred codes, of which it would be whatever the farthest one has: they do
    not tell where their cloud ends.
    """
    if len(codes) < LEAST_OF_A_CLOUD:
        return None
    some = codes[:: max(1, len(codes) // sample)]
    two_nearest = torch.cdist(some, codes).topk(min(2, len(codes)), largest=False).values
    return float(two_nearest[:, -1].quantile(0.99))


def gaussian_sample(codes: Latents, generator: torch.Generator) -> Float[Tensor, " d"]:
    """A code from the normal distribution with the mean and the covariance of `codes`."""
    mean, centred = codes.mean(0), codes - codes.mean(0)
    weights = torch.randn(len(codes), generator=generator) / math.sqrt(max(1, len(codes) - 1))
    return mean + weights @ centred


def typical_codes(codes: Latents, labels: Labels) -> Float[Tensor, "classes d"]:
    """For each class in turn, the code nearest to the mean of the class's codes."""
    typical = []
    for label in labels.unique():
        own = codes[labels == label]
        typical.append(own[nearest(own, own.mean(0))[0]])
    return torch.stack(typical)
