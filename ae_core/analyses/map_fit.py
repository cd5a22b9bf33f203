"""How well the prior N(0, I) fits the codes of a model, and how much of its map is empty.

Asked: `model`. Measured on the codes of its test images.

Answer, in values. `holes` and `holes_of_prior` are shares of `DRAWS` codes that fall into holes,
drawn from the normal distribution with the codes' mean and covariance, and from the prior: farther
from every image's code than `USUAL` of these are from each other. `beyond`, the share of the codes
outside the ball that holds 99 % of the prior; `kl`, from that normal distribution to the prior, in
nats; `spread`, the usual deviation of a number of the code (1 for the prior). `within`, the share
of the codes' spread that is inside of the classes, `widest` and `narrowest`, the classes whose
islands are so, and `times`, how many times wider; None where there are not two classes. `left_out`
counts codes with NaN or infinity.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.errors import UserError
from ae_core.export import browser_models
from ae_core.types import Labels, Latents

VERSION = 1

DRAWS = 4_000
CHUNK = 500
SAMPLE = 1_000
FEWEST = 10

USUAL = 0.95
"""Share of the codes that have a neighbour nearer than what counts as a hole."""

Values = dict[str, Any]
Draws = Float[Tensor, "draws d"]


def compute(asked: Asked, told: Told) -> Answer:
    """What is measured of the map of a model.

    Raises:
        UserError: the model has changed, or there are too few codes.
    """
    found = model_of(asked["model"])
    return Answer(values=measure(*browser_models.codes_of(found), told, title=found.card.title))


def measure(codes: Latents, labels: Labels, told: Told, *, title: str) -> Values:
    """The values of the answer for the model that is called `title`.

    Raises:
        UserError: too few codes are numbers.
    """
    whole = codes.isfinite().all(1)
    if (count := int(whole.sum())) < FEWEST:
        raise UserError(
            f"A map needs {FEWEST} codes that are finite numbers, and of {len(codes):,} of {title}"
            f" {count} are. Choose another model, or train it again."
        )
    codes, labels = codes[whole], labels[whole]
    values = {**fit(codes), **islands(codes, labels), "left_out": int((~whole).sum())}
    prior = torch.randn(DRAWS, codes.shape[1], generator=torch.Generator().manual_seed(0))
    told(0.2, "draws from the prior")
    values["holes_of_prior"] = holes(codes, prior)
    told(0.6, "draws from where the codes are")
    values["holes"] = holes(codes, like(codes, prior))
    return values


def holes(codes: Latents, draws: Draws) -> float:
    """Share of the draws farther from every code than codes usually are from each other."""
    some = codes[:: max(1, len(codes) // SAMPLE)]
    between = torch.cdist(some, codes).topk(2, largest=False).values[:, 1]
    limit = between.quantile(USUAL)
    nearest = torch.cat([torch.cdist(part, codes).amin(1) for part in draws.split(CHUNK)])
    return float((nearest > limit).float().mean())


def like(codes: Latents, normal: Draws) -> Draws:
    """Standard normal draws with the mean and the covariance of the codes."""
    mean = codes.mean(0)
    variances, axes = _axes(codes)
    return mean + (normal.double() * variances.sqrt() @ axes.T).to(codes.dtype)


def fit(codes: Latents) -> Values:
    """How the normal distribution of the codes differs from N(0, I)."""
    variances, _ = _axes(codes)
    mean = codes.double().mean(0)
    kl = 0.5 * (variances + mean.square() - 1 - variances.clamp_min(1e-12).log()).sum()
    half = codes.double().square().sum(1) / 2
    nearer = torch.special.gammainc(torch.full_like(half, codes.shape[1] / 2), half)
    return {
        "kl": float(kl),
        "beyond": float((nearer > 0.99).double().mean()),
        "spread": float(variances.mean().sqrt()),
    }


def islands(codes: Latents, labels: Labels) -> Values:
    """How wide the islands of the classes are, beside all codes."""
    own = {int(label): codes[labels == label] for label in labels.unique()}
    own = {label: some for label, some in own.items() if len(some) >= FEWEST}
    spreads = {label: _spread(some) for label, some in own.items()}
    total = _spread(codes)
    if len(spreads) < 2 or total <= 0:
        return {"within": None, "widest": None, "narrowest": None, "times": None}
    inside = sum(len(some) * spreads[label] for label, some in own.items())
    widest, narrowest = max(spreads, key=spreads.__getitem__), min(spreads, key=spreads.__getitem__)
    return {
        "within": inside / sum(map(len, own.values())) / total,
        "widest": widest,
        "narrowest": narrowest,
        "times": (spreads[widest] / max(spreads[narrowest], 1e-12)) ** 0.5,
    }


def _axes(codes: Latents) -> tuple[Tensor, Tensor]:
    centred = codes.double() - codes.double().mean(0)
    variances, axes = torch.linalg.eigh(centred.T @ centred / len(codes))
    return variances.clamp_min(0), axes


def _spread(codes: Latents) -> float:
    return float((codes - codes.mean(0)).square().sum(1).mean())
