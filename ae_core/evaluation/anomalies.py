"""How unusual an image is to a model: by its reconstruction, or by its code.

The error of the reconstruction is large where the model has no way to draw what it sees (Sakurada
and Yairi 2014, "Anomaly detection using autoencoders with nonlinear dimensionality reduction").
The distance in code is that to the fifth nearest code of a training image (Ramaswamy et al. 2000,
"Efficient algorithms for mining outliers"; for codes of networks Sun et al. 2022,
arXiv:2204.06507). It assumes nothing of how the codes lie. The Mahalanobis distance assumes one
Gaussian cloud (or one a class, Lee et al. 2018, arXiv:1807.03888): the codes of most autoencoders
lie in several, and the empty middle between them would be the most usual place of all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ae_core.evaluation import metrics
from ae_core.models.base import Autoencoder
from ae_core.models.batches import BATCH
from ae_core.types import Latents, Pixels

NEIGHBOURS = 5
"""The distance is that to the code that is so many-th nearest."""

Scores = Float[Tensor, " n"]
Rows = Int64[Tensor, " n"]
Known = Float[Tensor, "known d"]


@dataclass(frozen=True, eq=False)
class Unusual:
    """The mean squared error and the distance in code of each image; larger is more unusual."""

    error: Scores
    distance: Scores


@torch.no_grad()
def scores(
    model: Autoencoder,
    title: str,
    images: Callable[[Rows], Pixels],
    rows: Rows,
    known: Known,
    own: Rows | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> Unusual:
    """How unusual each of some images is.

    Args:
        model: the model, which a message calls `title`.
        images: gives the images of some numbers.
        rows: the numbers.
        known: codes of training images.
        own: the place of each image's own code among them, -1 where it is not there.
        tell: gets how many are done.

    Raises:
        UserError: codes or reconstructions hold NaN or infinity.
    """
    own = torch.full_like(rows, -1) if own is None else own
    errors, distances = [], []
    for number, (batch, places) in enumerate(zip(rows.split(BATCH), own.split(BATCH), strict=True)):
        x = images(batch).float().div(255).to(model.device)
        z = model.encode(x)
        x_hat = model.decode(z)
        metrics.check_numbers(x_hat, title)
        metrics.check_codes(z, title)
        errors.append(metrics.mse(x_hat, x).to(rows.device))
        distances.append(distance(z.to(known.device), known, places))
        tell(number * BATCH + len(batch))
    return Unusual(torch.cat(errors), torch.cat(distances))


def distance(z: Latents, known: Known, own: Rows) -> Scores:
    """How far the fifth nearest known code is, or the farthest one where there are fewer.

    An image's own code, at the place `own` among the known ones, is not counted.
    """
    apart = torch.cdist(z, known)
    there = (own >= 0).nonzero()[:, 0]
    apart[there, own[there]] = torch.inf
    others = len(known) - int(len(there) > 0)
    return apart.topk(max(1, min(NEIGHBOURS, others)), largest=False).values[:, -1]


def threshold(normal: Scores, share: float) -> float:
    """The score that this share of normal images does not exceed; at least that share."""
    return float(normal.quantile(share, interpolation="higher"))


def false_alarms(normal: Scores, share: float) -> float:
    """How many normal images exceed a threshold set by others, as a share.

    The threshold is set by one half of them and counted on the other, both ways, so that no image
    is counted against a threshold that it has set.
    """
    order = torch.randperm(len(normal), generator=torch.Generator().manual_seed(0))
    halves = normal[order].chunk(2)
    beyond = [
        int((counted > threshold(setting, share)).sum())
        for setting, counted in zip(halves, halves[::-1], strict=True)
    ]
    return sum(beyond) / len(normal)
