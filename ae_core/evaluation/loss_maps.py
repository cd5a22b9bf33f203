"""What each pixel and each number of the code adds to the loss of one image."""

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
    """What the cross-entropy of each pixel is where the reconstruction is perfect, in nats.

    A grey pixel x is read as ink with probability x; who knows x still cannot say which.
    """
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x))


def missed(x_hat: Images, x: Images) -> Images:
    """What the model adds to the entropy: KL from its grey to the pixel's, never below zero."""
    return (cross_entropy(x_hat, x) - entropy(x)).clamp_min(0)


def squared(x_hat: Images, x: Images) -> Images:
    """Squared error of each pixel; its mean is `metrics.mse`."""
    return (x_hat - x).square()


@torch.no_grad()
def kl_of(model: Autoencoder, x: Images) -> Tensor:
    """KL of each number of one image's posterior from the prior, (d,), in nats."""
    return losses.kl_divergence(*model.posterior(x))[0]
