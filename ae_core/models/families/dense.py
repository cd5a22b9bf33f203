"""The plainest autoencoder: one dense layer to the code, one back.

    x (n, 784) -> z (n, 49) -> logits (n, 784)

As published the code is rectified, so every number in it is positive or zero. Ours, `wide-49` and
its kin, put one wide layer on each side of a linear code: codes of this size want width, not depth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, ImageShape
from ae_core.models.dense_form import DenseForm, form_of
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.noise import Gaussian, Varied
from ae_core.options import Options, option
from ae_core.recipes import FAST, KERAS_2017, KERAS_2017_SOURCE, Recipe
from ae_core.texts import N_
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(49)
    hidden_width: int = option(0, "Width of a layer on each side; 0 for none", low=0, high=2048)
    activation: Activation = shared.activation("relu")
    code: shared.CodeSign = shared.code_sign()
    loss: Reconstruction = shared.loss()


class Dense(Autoencoder):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        hidden = (config.hidden_width,) if config.hidden_width else ()
        widths = (self.pixels, *hidden, config.latent_dim)
        self.encoder = mlp(widths, config.activation)
        self.decoder = mlp(widths[::-1], config.activation)

    def encode(self, x: Images) -> Latents:
        z: Tensor = self.encoder(x.flatten(1))
        return z.relu() if self.config.code == "relu" else z

    def dense_form(self) -> DenseForm:
        return form_of(self.encoder, self.decoder, self.config.loss, code=self.config.code)


WIDE = Config(hidden_width=512, activation="silu", code="linear")

MILD = replace(FAST, optimizer="adam", learning_rate=3e-3, epochs=60)
"""For noise of every kind, mild and strong: Adam restores 0.6 dB better here than Muon."""

FAMILY = Family(
    title=N_("Dense"),
    summary=N_("One dense layer to the code and one back, as small as an autoencoder gets."),
    in_words=N_("a plain code"),
    model=Dense,
    config=Config,
    presets={
        "dense-49": {
            "published": Preset(
                Config(),
                replace(KERAS_2017, epochs=50),
                reported={"bce": 0.0777},
                source=KERAS_2017_SOURCE,
            ),
            "fast": Preset(Config(), FAST),
        },
        "undercomplete-32": {
            "published": Preset(
                Config(latent_dim=32),
                Recipe(epochs=50),
                source="https://blog.keras.io/building-autoencoders-in-keras.html",
            ),
            "fast": Preset(Config(latent_dim=32), FAST),
        },
        "denoising-49": {
            "published": Preset(
                Config(),
                replace(KERAS_2017, batch_size=16, epochs=200),
                noise=Gaussian(mean=0.5, std=0.5),
                start_from="mnist-dense-49",
                source=KERAS_2017_SOURCE,
            ),
            "fast": Preset(Config(), MILD, noise=Varied(reach=0.6)),
        },
        "wide-49": {"fast": Preset(WIDE, FAST, stronger_than="dense-49")},
        "wide-32": {
            "fast": Preset(replace(WIDE, latent_dim=32), FAST, stronger_than="undercomplete-32")
        },
        "wide-denoising-49": {
            "fast": Preset(WIDE, MILD, noise=Varied(reach=0.6), stronger_than="denoising-49")
        },
    },
)
