"""What each number of a code does: how the picture moves with it, and what is lost without it."""

from __future__ import annotations

import torch

from ae_core import latent
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.latent import code_views, image_moments, traversals
from ae_core.latent.coded_images import coded, images_of
from ae_core.models import Autoencoder
from ae_core.texts import _

VERSION = 1
IMAGES = 1000
AROUND = 20
"""Codes around which a number is moved."""


def compute(asked: Asked, told: Told) -> Answer:
    """One row for each number that moves freely.

    Returns:
        `variance`, `without` (MSE when it is set to its mean), `moved` (grey levels a pixel from
        one of its ends to the other), `r` with each of `image_moments.NAMES` of the decoded
        images, `change` of these from end to end, and `kl` in nats where the model has a posterior.
        Values: `error` with the whole code, `images`, `left_out`.
    """
    checkpoint = model_of(asked["model"])
    model = checkpoint.model
    told(0.02, _("encoding the images"))
    found = coded(checkpoint, images_of(asked["images"]), IMAGES)
    free = model.free_numbers
    tensors = {"variance": found.z[:, :free].var(0, correction=0)}
    if model.has_posterior:
        tensors["kl"] = code_views.kl_of_each(model, found.x)[:free]
    told(0.1, _("measuring what was decoded"))
    decoded = latent.decode(model, found.z)
    tensors["r"] = traversals.correlations(found.z[:, :free], image_moments.moments(decoded))
    base = found.z[:AROUND]
    tensors["moved"] = traversals.movement(model, base, found.z)
    low, high = traversals.ends(found.z)
    tensors["change"] = torch.stack(
        [_change(model, base, index, low, high) for index in range(free)]
    )
    error, tensors["without"] = traversals.ablation(
        model, found.x, found.z,
        lambda share: told(
            0.2 + 0.8 * share,
            _("number {number} of {count} left out", number=round(share * free), count=free),
        ),
    )  # fmt: skip
    values = {"error": error, "images": len(found.x), "left_out": found.left_out}
    return Answer(tensors, values)


def _change(
    model: Autoencoder, base: torch.Tensor, index: int, low: torch.Tensor, high: torch.Tensor
) -> torch.Tensor:
    """How much each measure grows while one number goes from its low end to its high one."""
    measured = []
    for end in (low, high):
        z = base.clone()
        z[:, index] = end[index]
        images = latent.decode(model, model.nearest_possible(z))
        measured.append(image_moments.moments(images).mean(0))
    return measured[1] - measured[0]
