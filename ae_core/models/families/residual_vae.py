"""A variational autoencoder on the network of `residual.py`: each image is a small cloud of codes.

    x (n, c, h, w) -> the way down of `residual.py` -> mean, log-variance (n, d)
    z (n, d) -> its way back -> logits (n, c, h, w)

Between the plain network and this one nothing differs but the cloud, and with `beta` above 1 the
pull towards the prior (Higgins et al. 2017): what a code gains by either can be measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor, nn

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, ImageShape
from ae_core.models.families import residual
from ae_core.models.family import Family, Preset
from ae_core.models.variational import Variational
from ae_core.recipes import FAST
from ae_core.texts import N_
from ae_core.types import Images


@dataclass(frozen=True)
class Config(residual.Config):
    latent_dim: int = shared.latent_dim(10)
    beta: float = shared.beta()


class ResidualVAE(Variational):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        layers, features = residual.encoder_layers(image_shape, config.width)
        self.encoder = nn.Sequential(*layers)
        self.mean = nn.Linear(features, config.latent_dim)
        self.log_variance = nn.Linear(features, config.latent_dim)
        self.decoder = residual.decoder_of(image_shape, config.width, config.latent_dim)

    def features(self, x: Images) -> Tensor:
        return self.encoder(x)


FAMILY = Family(
    title=N_("Variational, residual"),
    summary=N_("The residual network with a cloud for a code; with a higher beta, a beta-VAE."),
    model=ResidualVAE,
    config=Config,
    presets={
        "residual-vae-10": {
            "fast": Preset(
                Config(),
                replace(FAST, optimizer="adam", learning_rate=2e-3, batch_size=128, epochs=20),
            )
        }
    },
)
