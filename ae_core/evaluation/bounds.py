"""Bounds on the likelihood of images under a variational model, from many draws for each image.

The images count as if each pixel were the probability of a one, as in the training loss, so the
bounds are in nats an image and comparable with others of grey images that were counted so.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from ae_core.models.base import Autoencoder
from ae_core.models.batches import AnyImages, in_batches
from ae_core.types import Images

DRAWS = 100
"""Draws behind one importance-weighted bound."""

BATCH, MOST_ROUNDS = 200, 10

STILL = 0.005
"""The standard error, in nats, at which the second decimal of the negative ELBO stands still."""

LogWeights = Float[Tensor, "draws n"]


def has_bounds(model: Autoencoder) -> bool:
    """Whether its loss is a bound on the likelihood of the images alone, without their classes."""
    return model.has_posterior and model.config.loss == "bce"


@torch.no_grad()
def bounds(model: Autoencoder, images: AnyImages) -> dict[str, float]:
    """Negative evidence lower bound and importance-weighted bound, in nats an image.

    The latter with 100 draws (Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519), which is
    never above the former. Draws are taken, 100 at a time and 1,000 at most, until the mean over
    the images stands still in its second decimal.

    Returns:
        `nelbo` and `iwae`, means over the images; nothing for a model that has no such bounds.
    """
    if not has_bounds(model):
        return {}
    generator = torch.Generator(model.device).manual_seed(0)
    elbo, weighted, spread = 0.0, 0.0, 0.0
    for rounds in range(1, MOST_ROUNDS + 1):
        for x in in_batches(images, model.image_shape, BATCH):
            weights = _log_weights(model, x.to(model.device), generator)
            elbo += float(weights.mean(0).sum())
            weighted += float((weights.logsumexp(0) - math.log(DRAWS)).sum())
            spread += float(weights.var(0).sum())
        seen = rounds * len(images)
        if spread / seen <= STILL**2 * DRAWS * seen:
            break
    return {"nelbo": -elbo / seen, "iwae": -weighted / seen}


def _log_weights(model: Autoencoder, x: Images, generator: torch.Generator) -> LogWeights:
    """log p(x, z) - log q(z | x) of codes drawn from the posterior of each image."""
    mean, log_variance = model.posterior(x)
    sigma = (0.5 * log_variance).exp()
    weights = []
    for _ in range(DRAWS):
        epsilon = torch.randn(mean.shape, generator=generator, device=mean.device)
        z = mean + sigma * epsilon
        # Both densities hold (2 pi)^(-d/2), which cancels.
        of_code = 0.5 * (epsilon.square() + log_variance - z.square()).sum(1)
        logits = model.decode_logits(z).float()
        of_image = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
        weights.append(of_code - of_image)
    return torch.stack(weights)
