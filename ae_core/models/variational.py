"""What every variational autoencoder shares: a cloud of codes for each image, and its loss.

An image becomes a normal distribution of codes, and the loss keeps these near the prior N(0, 1), so
that every code near the origin decodes to something (Kingma and Welling 2014, arXiv:1312.6114).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ae_core.models.base import Autoencoder, Batch
from ae_core.models.losses import kl_divergence
from ae_core.types import Images, Latents, Loss

Moments = Float[Tensor, "n p"]
"""Means or log-variances of posteriors, which may be of a part of the code."""


class Variational(Autoencoder):
    """A family says how images become features; `heads` turn these into mean and log-variance.

    `config` holds `beta`, the weight of the pull towards the prior.
    """

    variational: ClassVar[bool] = True
    has_posterior: ClassVar[bool] = True
    views: ClassVar[tuple[str, ...]] = ("posterior",)
    mean: nn.Linear
    log_variance: nn.Linear

    @abstractmethod
    def features(self, x: Images) -> Tensor:
        """What the two heads see of each image, (n, features)."""

    def posterior(self, x: Images) -> tuple[Latents, Latents]:
        """Mean and log-variance of each image's code, each (n, latent_dim).

        The log-variance is clamped to [-12, 6]: outside, one broken batch ends the run.
        """
        features = self.features(x)
        return self.mean(features).float(), self.log_variance(features).float().clamp(-12, 6)

    def encode(self, x: Images) -> Latents:
        return self.posterior(x)[0]

    def loss(self, batch: Batch) -> dict[str, Loss]:
        """Negative evidence lower bound in nats an image, as reconstruction and KL."""
        mean, log_variance = self.posterior(batch.seen)
        z = sample(mean, log_variance, batch.generator)
        return negative_elbo(self, z, batch.clean, mean, log_variance)


def negative_elbo(
    model: Autoencoder, z: Latents, clean: Images, mean: Moments, log_variance: Moments
) -> dict[str, Loss]:
    """The negative evidence lower bound in nats an image: reconstruction, and KL times beta.

    Args:
        model: what decodes; its `config.beta` weighs the KL divergence.
        z: a code drawn from each posterior, all of it that the decoder is given.
        clean: what the decoder should draw.
        mean: the mean of each posterior.
        log_variance: its log-variance.
    """
    return {
        model.config.loss: model.pixels * model.reconstruction_loss(z, clean),
        "kl": model.config.beta * kl_divergence(mean, log_variance).sum(1).mean(),
    }


def sample(
    mean: Latents, log_variance: Latents, generator: torch.Generator | Latents | None
) -> Latents:
    """One code from each posterior, so drawn that gradients reach mean and log-variance.

    In place of a generator there may be what it has drawn.
    """
    noise = generator
    if not isinstance(noise, Tensor):
        noise = torch.randn(mean.shape, generator=noise, device=mean.device)
    return mean + noise * (0.5 * log_variance).exp()
