"""A strong convolutional autoencoder for digits, photographs and drawings: 28, 32 or 64 pixels.

    x (n, c, h, w) -> w x h/2 x h/2 -> 2w x h/4 x h/4 [-> 2w x h/8 x h/8 from 64 pixels] -> z (n, d)
    z (n, d) -> the same way back -> logits (n, c, h, w)

Each scale has one residual block (He et al. 2016, arXiv:1603.05027) with group normalisation (Wu
and He 2018, arXiv:1803.08494), which, unlike batch normalisation, does the same for one image as
for many. Strided convolutions go down, sub-pixel convolutions up (Shi et al. 2016,
arXiv:1609.05158).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from torch import Tensor, nn

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, ImageShape
from ae_core.models.family import Family, Preset
from ae_core.models.layers import quarter
from ae_core.models.losses import Reconstruction
from ae_core.options import Options, option
from ae_core.recipes import FAST
from ae_core.texts import N_
from ae_core.types import Images, Latents

GROUPS = 8
LARGEST_SMALL_SIDE = 8
"""Halving goes on until a side is no longer than this, in pixels."""


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(32)
    width: int = option(
        32, "Channels of the first scale; the others have twice as many", low=8, high=256
    )
    loss: Reconstruction = shared.loss()


class Block(nn.Module):
    """x + conv(silu(norm(conv(silu(norm(x)))))), all of one width."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.GroupNorm(GROUPS, channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.GroupNorm(GROUPS, channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.change(x)


def encoder_layers(image_shape: ImageShape, width: int) -> tuple[list[nn.Module], int]:
    """The layers from image to features, and how many features there are."""
    widths, small = _scales(image_shape, width)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), Block(outputs)]
    layers += [nn.GroupNorm(GROUPS, widths[-1]), nn.SiLU(), nn.Flatten()]
    return layers, small[0] * small[1] * small[2]


def decoder_of(image_shape: ImageShape, width: int, latent_dim: int) -> nn.Sequential:
    """The layers from code to logits."""
    widths, small = _scales(image_shape, width)
    first = widths[1]
    up: list[nn.Module] = []
    for inputs, outputs in pairwise(widths[:0:-1]):
        up += [Block(inputs), nn.Conv2d(inputs, 4 * outputs, 3, padding=1), nn.PixelShuffle(2)]
    return nn.Sequential(
        nn.Linear(latent_dim, small[0] * small[1] * small[2]),
        nn.Unflatten(1, small),
        *up,
        Block(first),
        nn.GroupNorm(GROUPS, first),
        nn.SiLU(),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(first, image_shape[0], 3, padding=1),
    )


def _scales(image_shape: ImageShape, width: int) -> tuple[list[int], tuple[int, int, int]]:
    """Channels of the image and of each scale; channels, height and width of the smallest."""
    channels, height, width_in_pixels = image_shape
    first = width - width % GROUPS
    side, widths = quarter(height, width_in_pixels), [channels, first, 2 * first]
    while max(side) > LARGEST_SMALL_SIDE and not (side[0] % 2 or side[1] % 2):
        side = (side[0] // 2, side[1] // 2)
        widths.append(2 * first)
    return widths, (widths[-1], *side)


class Residual(Autoencoder):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        layers, features = encoder_layers(image_shape, config.width)
        self.encoder = nn.Sequential(*layers, nn.Linear(features, config.latent_dim))
        self.decoder = decoder_of(image_shape, config.width, config.latent_dim)

    def encode(self, x: Images) -> Latents:
        return self.encoder(x)


FAMILY = Family(
    title=N_("Residual"),
    summary=N_("A modern convolutional network, for digits, drawings and colour photographs."),
    model=Residual,
    config=Config,
    presets={
        "residual-32": {
            "fast": Preset(
                Config(),
                replace(FAST, optimizer="adam", learning_rate=2e-3, batch_size=128, epochs=12),
            )
        }
    },
)
