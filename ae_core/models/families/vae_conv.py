"""A convolutional variational autoencoder with a code of two numbers.

    x (n, 1, 28, 28) -> 32 x 14 x 14 -> 64 x 7 x 7 -> 16 -> mean, log-variance (n, 2)
    z (n, 2) -> 64 x 7 x 7 -> 64 x 14 x 14 -> 32 x 28 x 28 -> logits (n, 1, 28, 28)

As published it learns from all 70,000 digits, so it has seen the test images; `--part train` trains
a twin that has not. `posterior` clamps the log-variance, which the source does not do. At stride 2
the source's framework pads an image below and on the right, and torch above and on the left: the
same network for images turned by half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor, nn

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, ImageShape
from ae_core.models.family import Family, Preset
from ae_core.models.layers import quarter
from ae_core.models.losses import Reconstruction
from ae_core.models.variational import Variational
from ae_core.options import Options
from ae_core.recipes import FAST, Recipe
from ae_core.texts import N_
from ae_core.types import Images


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(2, high=64)
    beta: float = shared.beta()
    loss: Reconstruction = shared.loss()


class VAEConv(Variational):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        channels, height, width = image_shape
        small = (64, *quarter(height, width))
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

    def features(self, x: Images) -> Tensor:
        return self.encoder(x)


FAMILY = Family(
    title=N_("Variational, convolutional"),
    summary=N_("Convolutions: each image is a small cloud of codes, all together near N(0, I)."),
    in_words=N_("a smooth map"),
    model=VAEConv,
    config=Config,
    presets={
        "vae-conv-2": {
            "published": Preset(
                Config(),
                Recipe(batch_size=128, epochs=30),
                part="all",
                source="https://keras.io/examples/generative/vae/",
            ),
            "fast": Preset(
                Config(),
                replace(FAST, optimizer="adam", learning_rate=2e-3, batch_size=128, epochs=20),
            ),
        }
    },
)
