"""A convolutional variational autoencoder with a code of two numbers.

    x (n, 1, 28, 28) -> 32 x 14 x 14 -> 64 x 7 x 7 -> 16 -> mean, log-variance (n, 2)
    z (n, 2) -> 64 x 7 x 7 -> 64 x 14 x 14 -> 32 x 28 x 28 -> logits (n, 1, 28, 28)

An image becomes a small cloud of codes, and the loss keeps the clouds near a standard normal
distribution, so that every code near the origin decodes to something (Kingma and Welling 2014,
arXiv:1312.6114).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import nn

from ae_core.errors import UserError
from ae_core.losses import Reconstruction, reconstruction_loss
from ae_core.metrics import kl_divergence
from ae_core.models.base import MNIST_SHAPE, Autoencoder, Family, ImageShape, Preset
from ae_core.options import Options, option
from ae_core.recipes import FAST, Recipe
from ae_core.types import Images, Latents, Loss


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = option(2, "Numbers in the code", low=1, high=64)
    beta: float = option(1.0, "Weight of the pull towards the prior", low=0.0, high=100.0)
    loss: Reconstruction = option("bce", "Error that training makes small")


class VAEConv(Autoencoder):
    variational: ClassVar[bool] = True

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        channels, height, width = image_shape
        if height % 4 or width % 4:
            raise UserError(
                f"This network takes images whose sides are multiples of 4, not {height} x {width}."
                " Choose a dense one for them."
            )
        small = (64, height // 4, width // 4)
        features = small[0] * small[1] * small[2]
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(features, 16),
            nn.ReLU(),
        )
        self.mean = nn.Linear(16, config.latent_dim)
        self.log_variance = nn.Linear(16, config.latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(config.latent_dim, features),
            nn.ReLU(),
            nn.Unflatten(1, small),
            nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, channels, 3, padding=1),
        )

    def posterior(self, x: Images) -> tuple[Latents, Latents]:
        """Mean and log-variance of each image's code, each (n, latent_dim).

        The log-variance is clamped to [-12, 6]: outside, one broken batch ends the run.
        """
        features = self.encoder(x)
        return self.mean(features).float(), self.log_variance(features).float().clamp(-12, 6)

    def encode(self, x: Images) -> Latents:
        return self.posterior(x)[0]

    def decode_logits(self, z: Latents) -> Images:
        return self.decoder(z)

    def loss(
        self, seen: Images, clean: Images, generator: torch.Generator | None = None
    ) -> dict[str, Loss]:
        """Negative evidence lower bound in nats an image, as reconstruction and KL."""
        mean, log_variance = self.posterior(seen)
        noise = torch.randn(mean.shape, generator=generator, device=mean.device)
        logits = self.decode_logits(mean + noise * (0.5 * log_variance).exp())
        kl = kl_divergence(mean, log_variance).sum(1).mean()
        return {
            self.config.loss: self.pixels * reconstruction_loss(logits, clean, self.config.loss),
            "kl": self.config.beta * kl,
        }


FAMILY = Family(
    title="Variational, convolutional",
    summary="Every image is a small cloud of codes, and the map between digits has no holes.",
    model=VAEConv,
    config=Config,
    presets={
        "vae-conv-2": {
            "published": Preset(Config(), Recipe(batch_size=128, epochs=30)),
            "fast": Preset(
                Config(),
                replace(
                    FAST,
                    optimizer="adam",
                    learning_rate=2e-3,
                    batch_size=128,
                    epochs=20,
                ),
            ),
        }
    },
)
