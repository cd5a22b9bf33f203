"""A contractive autoencoder: its code hardly moves when the image moves a little.

    x (n, 784) -> z (n, 64), sigmoid -> logits (n, 784)

Besides the error, training makes small the squared Frobenius norm of the encoder's Jacobian, which
for one sigmoid layer is a sum of products (Rifai et al. 2011, equation 7). Noise on the image buys
the same by chance what this buys by arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, Batch, ImageShape
from ae_core.models.family import Family, Preset
from ae_core.models.losses import Reconstruction
from ae_core.options import Options, option
from ae_core.recipes import FAST
from ae_core.texts import N_
from ae_core.types import Images, Latents, Loss


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(64)
    contraction: float = option(
        1e-4, "Weight of how far the code moves with the image", low=0.0, high=10.0
    )
    loss: Reconstruction = shared.loss()


class Contractive(Autoencoder):
    views: ClassVar[tuple[str, ...]] = ("contraction",)

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        self.encoder = nn.Linear(self.pixels, config.latent_dim)
        self.decoder = nn.Sequential(nn.Linear(config.latent_dim, self.pixels))

    def encode(self, x: Images) -> Latents:
        return self.encoder(x.flatten(1)).float().sigmoid()

    def loss(self, batch: Batch) -> dict[str, Loss]:
        parts = super().loss(batch)
        parts["contraction"] = self.config.contraction * self.jacobian_norm(self.encode(batch.seen))
        return parts

    def jacobian_norm(self, z: Latents) -> Tensor:
        """Squared Frobenius norm of d encode / d x where the codes are `z`, mean over them."""
        slopes = (z * (1 - z)).square()
        return (slopes @ self.encoder.weight.square().sum(1)).mean()


FAMILY = Family(
    title=N_("Contractive"),
    summary=N_("Its code is trained to stay put when the image changes a little."),
    in_words=N_("a code that stays put"),
    model=Contractive,
    config=Config,
    presets={"contractive-64": {"fast": Preset(Config(), FAST)}},
)
