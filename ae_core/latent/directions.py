"""Directions in a latent space: from one group of codes to another, and how far to trust them.

The difference of two groups' means (Larsen et al. 2016, arXiv:1512.09300, section 4.1, call it a
visual attribute vector).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from ae_core.errors import UserError
from ae_core.texts import _, ngettext
from ae_core.types import Latents

LEAST = 20
"""Codes in a group whose mean says anything."""

SHARE = 0.1
"""Of all images, those at either end of a measure."""

DRAWS = 400


@dataclass(frozen=True)
class Direction:
    """A step in a latent space; `cosine` of two of its resamples: mean, and the middle 95 %."""

    step: Float[Tensor, " d"]
    cosine: float
    low: float
    high: float


def check_group(codes: Latents, name: str) -> None:
    """Refuse a group whose mean would say nothing.

    Raises:
        UserError: it has too few codes; which group and how many more.
    """
    if (missing := LEAST - len(codes)) > 0:
        raise UserError(
            ngettext(
                "{group} has {count:,} image, and a direction needs {least} at either end:"
                " {missing} more.",
                "{group} has {count:,} images, and a direction needs {least} at either end:"
                " {missing} more.",
                len(codes), group=name, least=LEAST, missing=missing,
            )
        )  # fmt: skip


def between(
    source: Latents, target: Float[Tensor, "m d"], *, names: tuple[str, str], seed: int = 0
) -> Direction:
    """The step from the mean of one group to that of another, with a bootstrap of its cosine.

    Both groups are drawn again with replacement (Efron 1979), `DRAWS` times; any two neighbouring
    draws are compared. Chance alone would give a cosine near 0 for codes of many numbers.

    Raises:
        UserError: a group is too small, or both have the same mean.
    """
    for codes, name in zip((source, target), names, strict=True):
        check_group(codes, name)
    step = target.mean(0) - source.mean(0)
    if step.norm() < 1e-9:
        raise UserError(
            _(
                "{group} and {other} have the same mean code: no way leads there.",
                group=names[0], other=names[1],
            )
        )  # fmt: skip
    generator = torch.Generator().manual_seed(seed)
    drawn = _means(target, generator) - _means(source, generator)
    cosines = F.cosine_similarity(drawn[:-1], drawn[1:])
    low, high = cosines.quantile(torch.tensor([0.025, 0.975])).tolist()
    return Direction(step, float(cosines.mean()), low, high)


def extremes(measure: Float[Tensor, " n"]) -> tuple[Tensor, Tensor]:
    """Places of the tenth with the lowest measure, and of the tenth with the highest.

    Raises:
        UserError: the measure is the same for all images.
    """
    if measure.max() - measure.min() < 1e-9:
        raise UserError(
            _("it is the same for all images, so that there is no way from less to more.")
        )
    order, count = measure.argsort(stable=True), max(1, round(SHARE * len(measure)))
    return order[:count], order[-count:]


def _means(codes: Latents, generator: torch.Generator) -> Float[Tensor, "draws d"]:
    """The mean of the group in each draw."""
    drawn = torch.randint(len(codes), (DRAWS, len(codes)), generator=generator)
    times = torch.zeros(DRAWS, len(codes)).scatter_add_(1, drawn, torch.ones(drawn.shape))
    return times @ codes / len(codes)
