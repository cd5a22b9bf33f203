"""Several dense layers each way, narrowing to the code.

x (n, 784) -> 147 -> 98 -> z (n, 49) -> 98 -> 147 -> logits (n, 784)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ae_core.models.base import MNIST_SHAPE, Autoencoder, Family, ImageShape, Preset
from ae_core.models.layers import Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.options import Options, option
from ae_core.recipes import FAST, Recipe
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = option(49, "Numbers in the code", low=1, high=256)
    widths: tuple[int, ...] = option(
        (147, 98), "Widths of the layers from image to code", low=1, high=2048
    )
    activation: Activation = option("relu", "Activation between layers")
    loss: Reconstruction = option("bce", "Training loss")


class Deep(Autoencoder):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        widths = (self.pixels, *config.widths, config.latent_dim)
        self.encoder = mlp(widths, config.activation)
        self.decoder = mlp(widths[::-1], config.activation)

    def encode(self, x: Images) -> Latents:
        return self.encoder(x.flatten(1))

    def decode_logits(self, z: Latents) -> Images:
        return self.decoder(z).unflatten(1, self.image_shape)


SMALL_CODE = replace(FAST, learning_rate=4e-3, muon_learning_rate=0.01, epochs=40)
"""For codes of one to four numbers: small codes want depth, and depth smaller rates."""

FAMILY = Family(
    title="Deep",
    summary="Dense layers that narrow to the code and widen again.",
    model=Deep,
    config=Config,
    presets={
        "deep-49": {
            "published": Preset(Config(), Recipe(epochs=100), reported={"bce": 0.0720}),
            "fast": Preset(Config(widths=(256, 128), activation="silu"), FAST),
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
