"""The loss of one image, divided among its pixels and the numbers of its code."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ae_core.models import losses
from ae_core.models.base import Autoencoder
from ae_core.types import Images

SMALLEST = 1e-7
"""What `metrics.bce` clamps a reconstruction to: one pixel costs at most 16.1 nats."""


def cross_entropy(x_hat: Images, x: Images) -> Images:
    """Binary cross-entropy of each pixel, in nats; its mean is `metrics.bce`."""
    clamped = x_hat.clamp(SMALLEST, 1 - SMALLEST)
    return F.binary_cross_entropy(clamped, x, reduction="none")


def entropy(x: Images) -> Images:
    """The cross-entropy of each pixel under a perfect reconstruction, in nats.

    A grey pixel x means ink with probability x, which leaves this much uncertainty.
    """
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x))


def missed(x_hat: Images, x: Images) -> Images:
    """What the model adds to the entropy: the KL divergence of its grey from the pixel's, >= 0."""
    return (cross_entropy(x_hat, x) - entropy(x)).clamp_min(0)


def squared(x_hat: Images, x: Images) -> Images:
    """Squared error of each pixel; its mean is `metrics.mse`."""
    return (x_hat - x).square()


@torch.no_grad()
def kl_of(model: Autoencoder, x: Images) -> Tensor:
    """KL of each number of one image's posterior from the prior, (d,), in nats."""
    return losses.kl_divergence(*model.posterior(x.to(model.device)))[0].to(x.device)
