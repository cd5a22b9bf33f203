"""Several dense layers each way, narrowing to the code.

x (n, 784) -> 147 -> 98 -> z (n, 49) -> 98 -> 147 -> logits (n, 784)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, ImageShape
from ae_core.models.dense_form import DenseForm, form_of
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.options import Options
from ae_core.recipes import FAST, KERAS_2017, KERAS_2017_SOURCE
from ae_core.texts import N_
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(49)
    widths: tuple[int, ...] = shared.widths(147, 98)
    activation: Activation = shared.activation("relu")
    loss: Reconstruction = shared.loss()


class Deep(Autoencoder):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        widths = (self.pixels, *config.widths, config.latent_dim)
        self.encoder = mlp(widths, config.activation)
        self.decoder = mlp(widths[::-1], config.activation)

    def encode(self, x: Images) -> Latents:
        return self.encoder(x.flatten(1))

    def dense_form(self) -> DenseForm:
        return form_of(self.encoder, self.decoder, self.config.loss)


SMALL_CODE = replace(FAST, learning_rate=4e-3, muon_learning_rate=0.01, epochs=40)
"""For codes of one to four numbers: small codes want depth, and depth smaller rates."""

FAMILY = Family(
    title=N_("Deep"),
    summary=N_("Dense layers that narrow to the code and widen again."),
    in_words=N_("a plain code"),
    model=Deep,
    config=Config,
    presets={
        "deep-49": {
            "published": Preset(
                Config(),
                replace(KERAS_2017, epochs=100),
                reported={"bce": 0.0720},
                source=KERAS_2017_SOURCE,
            ),
            "fast": Preset(Config(), FAST),
        },
        "deep-silu-49": {
            "fast": Preset(
                Config(widths=(256, 128), activation="silu"), FAST, stronger_than="deep-49"
            )
        },
        "ae-2": {
            "fast": Preset(
                Config(latent_dim=2, widths=(256, 128, 128, 64), activation="silu", loss="mse"),
                SMALL_CODE,
            )
        },
        "ae-16": {
            "fast": Preset(Config(latent_dim=16, widths=(512, 128), activation="silu"), FAST)
        },
    },
)
