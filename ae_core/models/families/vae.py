"""A dense variational autoencoder: the network of `deep.py` with a cloud for a code.

x (n, 784) -> widths -> mean, log-variance (n, d)
z (n, d) -> widths reversed -> logits (n, 784)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor, nn

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, ImageShape
from ae_core.models.dense_form import DenseForm, form_of
from ae_core.models.family import Family, Preset
from ae_core.models.layers import ACTIVATIONS, Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.models.variational import Variational
from ae_core.options import Options
from ae_core.recipes import FAST
from ae_core.texts import N_
from ae_core.types import Images


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(2)
    widths: tuple[int, ...] = shared.widths(256, 128, 128, 64)
    activation: Activation = shared.activation("silu")
    beta: float = shared.beta()
    loss: Reconstruction = shared.loss()


class VAE(Variational):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        widths = (self.pixels, *config.widths)
        self.encoder = mlp(widths, config.activation)
        self.encoder.append(ACTIVATIONS[config.activation]())
        self.mean = nn.Linear(widths[-1], config.latent_dim)
        self.log_variance = nn.Linear(widths[-1], config.latent_dim)
        self.decoder = mlp((config.latent_dim, *widths[::-1]), config.activation)

    def features(self, x: Images) -> Tensor:
        return self.encoder(x.flatten(1))

    def dense_form(self) -> DenseForm:
        return form_of(
            self.encoder, self.decoder, self.config.loss,
            heads=(self.mean, self.log_variance), beta=self.config.beta,
        )  # fmt: skip


FAST_VARIATIONAL = replace(FAST, optimizer="adam", learning_rate=4e-3)
"""With sampled codes Muon gains nothing over Adam (`benchmarks.studies.tune`)."""

FAMILY = Family(
    title=N_("Variational"),
    summary=N_("Each image is a small cloud of codes, all together near N(0, I)."),
    in_words=N_("a smooth map"),
    model=VAE,
    config=Config,
    presets={"vae-2": {"fast": Preset(Config(), FAST_VARIATIONAL)}},
)
