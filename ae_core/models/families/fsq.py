"""A code of whole steps: each of its numbers can only be one of a few levels.

    x (n, 784) -> 512 -> 16 numbers in [-1, 1], each rounded to one of 5 levels -> 512 -> logits

Finite scalar quantisation (Mentzer et al. 2023, arXiv:2309.15505) does what a codebook does in a
VQ-VAE (van den Oord et al. 2017), without one: there is nothing that could collapse. Gradients pass
the rounding as if it were not there. An image costs latent_dim * log2(levels) bits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from ae_core.models.base import MNIST_SHAPE, Autoencoder, Family, ImageShape, Preset
from ae_core.models.layers import Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.options import Options, option
from ae_core.recipes import FAST
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = option(16, "Numbers in the code", low=1, high=256)
    levels: int = option(5, "Values that each number can take", low=2, high=64)
    widths: tuple[int, ...] = option(
        (256, 128), "Widths of the layers from image to code", low=1, high=2048
    )
    activation: Activation = option("silu", "Activation between layers")
    loss: Reconstruction = option("bce", "Training loss")


class FSQ(Autoencoder):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        widths = (self.pixels, *config.widths, config.latent_dim)
        self.encoder = mlp(widths, config.activation)
        self.decoder = mlp(widths[::-1], config.activation)

    def encode(self, x: Images) -> Latents:
        return self.quantise(self.encoder(x.flatten(1)).float().tanh())

    def decode_logits(self, z: Latents) -> Images:
        return self.decoder(self.quantise(z.float().clamp(-1, 1))).unflatten(1, self.image_shape)

    def quantise(self, z: Tensor) -> Tensor:
        """The nearest levels, evenly spaced from -1 to 1; the gradient is that of `z`."""
        steps = self.config.levels - 1
        levels = ((z + 1) * (steps / 2)).round() * (2 / steps) - 1
        return z + (levels - z).detach()


FAMILY = Family(
    title="Quantised",
    summary="Every number of the code is one of a few levels: an image in a few dozen bits.",
    model=FSQ,
    config=Config,
    presets={
        "fsq-16": {"fast": Preset(Config(), replace(FAST, optimizer="adam", learning_rate=4e-3))}
    },
)
