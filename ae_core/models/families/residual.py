"""A strong convolutional autoencoder for digits, photographs and drawings: 28, 32 or 64 pixels.

    x (n, c, h, w) -> w x h/2 x h/2 -> 2w x h/4 x h/4 -> z (n, d)
    x from 64 pixels -> w x h/4 x h/4 -> 2w x h/8 x h/8 -> z (n, d)
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
    coarse: bool = option(
        False, "Begin with a stride of 4 in place of 2 from 64 pixels on: four times as fast"
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


class Residual(Autoencoder):
    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        channels, height, width = image_shape
        first = config.width - config.width % GROUPS
        quarters = quarter(height, width)
        stride = 4 if config.coarse and max(quarters) > LARGEST_SMALL_SIDE else 2
        sides, widths = [(height // stride, width // stride)], [channels, first]
        while sides[-1] > quarters or (
            max(sides[-1]) > LARGEST_SMALL_SIDE and not (sides[-1][0] % 2 or sides[-1][1] % 2)
        ):
            sides.append((sides[-1][0] // 2, sides[-1][1] // 2))
            widths.append(2 * first)
        small = (widths[-1], *sides[-1])
        features = small[0] * small[1] * small[2]
        stem = nn.Conv2d(channels, first, 2 * stride, stride, padding=stride // 2)
        down: list[nn.Module] = [stem, Block(first)]
        for inputs, outputs in pairwise(widths[1:]):
            down += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), Block(outputs)]
        self.encoder = nn.Sequential(
            *down,
            nn.GroupNorm(GROUPS, widths[-1]),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(features, config.latent_dim),
        )
        last: list[nn.Module] = [
            nn.Upsample(scale_factor=2),
            nn.Conv2d(first, channels, 3, padding=1),
        ]
        if stride == 4:
            last = [nn.ConvTranspose2d(first, channels, 2 * stride, stride, padding=stride // 2)]
        up: list[nn.Module] = []
        for inputs, outputs in pairwise(widths[:0:-1]):
            up += [Block(inputs), nn.Conv2d(inputs, 4 * outputs, 3, padding=1), nn.PixelShuffle(2)]
        self.decoder = nn.Sequential(
            nn.Linear(config.latent_dim, features),
            nn.Unflatten(1, small),
            *up,
            Block(first),
            nn.GroupNorm(GROUPS, first),
            nn.SiLU(),
            *last,
        )

    def encode(self, x: Images) -> Latents:
        return self.encoder(x)


FAMILY = Family(
    title=N_("Residual"),
    summary=N_("A modern convolutional network, for digits, drawings and colour photographs."),
    in_words=N_("the sharpest images"),
    model=Residual,
    config=Config,
    presets={
        "residual-32": {
            "fast": Preset(
                Config(coarse=True),
                replace(FAST, optimizer="adam", learning_rate=2e-3, batch_size=128, epochs=12),
            )
        }
    },
)
