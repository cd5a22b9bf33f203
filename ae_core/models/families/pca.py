"""Principal component analysis: the best that straight lines can do, the baseline for the rest.

    x (n, 784) -> z (n, d), places along the directions of greatest spread -> x_hat (n, 784)

The same weights are the best linear autoencoder under squared error (Baldi and Hornik 1989), so
this is one, but nothing is learned step by step: the weights are eigenvectors of the covariance of
the training images, found at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import nn
from torch.nn import functional as F

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, Batch, ImageShape
from ae_core.models.family import Family, Preset
from ae_core.options import Options, option
from ae_core.recipes import Recipe
from ae_core.texts import N_
from ae_core.types import Images, Latents, Loss, Pixels

CHUNK = 4096
"""Images that are floats at a time."""


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(32)
    loss: Literal["mse"] = option("mse", "Error that is smallest")


class PCA(Autoencoder):
    solved_at_once: ClassVar[bool] = True
    views: ClassVar[tuple[str, ...]] = ("components",)

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        self.encoder = nn.Linear(self.pixels, config.latent_dim)
        self.decoder = nn.Sequential(nn.Linear(config.latent_dim, self.pixels))

    def encode(self, x: Images) -> Latents:
        return self.encoder(x.flatten(1))

    def draw(self, logits: Images) -> Images:
        return logits.float().clamp(0, 1)

    def loss(self, batch: Batch) -> dict[str, Loss]:
        return {"mse": F.mse_loss(self.decode_logits(self.encode(batch.seen)), batch.clean)}

    @torch.no_grad()
    def solve(self, images: Pixels) -> None:
        """Find the directions of greatest spread; their signs make the largest part positive.

        A set of fewer images than directions leaves the rest of the directions as they fall.
        """
        count, width = len(images), self.pixels
        total = torch.zeros(width, dtype=torch.float64, device=images.device)
        products = torch.zeros(width, width, dtype=torch.float64, device=images.device)
        for chunk in images.split(CHUNK):
            x = chunk.flatten(1).double().div_(255)
            total += x.sum(0)
            products.addmm_(x.T, x)
        mean = total / count
        directions = torch.linalg.eigh(products / count - mean.outer(mean)).eigenvectors
        axes = directions.flip(1).T[: self.latent_dim]
        axes = axes * axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
        last = self.decoder[-1]
        assert isinstance(last, nn.Linear)
        self.encoder.weight.copy_(axes)
        self.encoder.bias.copy_(-axes @ mean)
        last.weight.copy_(axes.T)
        last.bias.copy_(mean)


FAMILY = Family(
    title=N_("PCA"),
    summary=N_("No network at all: the directions in which the images differ most. The baseline."),
    in_words=N_("straight lines only"),
    model=PCA,
    config=Config,
    presets={"pca-32": {"fast": Preset(Config(), Recipe(epochs=1))}},
)
