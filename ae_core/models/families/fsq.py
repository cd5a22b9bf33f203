"""A code of whole steps: each of its numbers can only be one of a few levels.

    x (n, 784) -> 512 -> 16 numbers in [-1, 1], each rounded to one of 5 levels -> 512 -> logits

Finite scalar quantisation (Mentzer et al. 2023, arXiv:2309.15505) does what a codebook does in a
VQ-VAE (van den Oord et al. 2017), without one: there is nothing that could collapse. Gradients pass
the rounding as if it were not there. An image costs latent_dim * log2(levels) bits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from torch import Tensor

from ae_core.models import shared_options as shared
from ae_core.models.families import deep
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation, to_levels
from ae_core.options import option
from ae_core.recipes import FAST
from ae_core.texts import N_
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(deep.Config):
    latent_dim: int = shared.latent_dim(16)
    widths: tuple[int, ...] = shared.widths(256, 128)
    activation: Activation = shared.activation("silu")
    levels: int = option(5, "Values that each number can take", low=2, high=64)


class FSQ(deep.Deep):
    views: ClassVar[tuple[str, ...]] = ("levels",)

    @property
    def code_levels(self) -> int:
        return self.config.levels

    def encode(self, x: Images) -> Latents:
        return self.quantise(super().encode(x).float().tanh())

    def decode_logits(self, z: Latents) -> Images:
        return super().decode_logits(self.quantise(z.float().clamp(-1, 1)))

    def quantise(self, z: Tensor) -> Tensor:
        """The nearest levels, evenly spaced from -1 to 1; the gradient is that of `z`."""
        return z + (to_levels(z, self.code_levels) - z).detach()


FAMILY = Family(
    title=N_("Quantised"),
    summary=N_("Every number of the code is one of a few levels: an image in a few dozen bits."),
    in_words=N_("whole steps only"),
    model=FSQ,
    config=Config,
    presets={
        "fsq-16": {"fast": Preset(Config(), replace(FAST, optimizer="adam", learning_rate=4e-3))}
    },
)
