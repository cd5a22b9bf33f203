"""A k-sparse code: of each image's numbers the k largest count, and all others are zero.

    x (n, 784) -> 256 -> 128 -> z (n, 64), of which 16 are not zero -> 128 -> 256 -> logits (n, 784)

Makhzani and Frey 2013, k-Sparse Autoencoders (arXiv:1312.5663), there with one layer each way and
a code of any sign; here it is rectified, so that a number is there or is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from torch import Tensor

from ae_core.models import shared_options as shared
from ae_core.models.families import deep
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation
from ae_core.options import option
from ae_core.recipes import FAST
from ae_core.texts import N_
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(deep.Config):
    latent_dim: int = shared.latent_dim(64)
    widths: tuple[int, ...] = shared.widths(256, 128)
    activation: Activation = shared.activation("silu")
    kept: int = option(16, "Numbers of each code that are not zero", low=1, high=256)


class KSparse(deep.Deep):
    views: ClassVar[tuple[str, ...]] = ("sparse_numbers",)

    def encode(self, x: Images) -> Latents:
        return self.nearest_possible(super().encode(x))

    def nearest_possible(self, z: Latents) -> Latents:
        """The same codes with only their largest numbers, and none below zero."""
        z = z.relu()
        smallest = z.topk(min(self.config.kept, self.latent_dim), dim=1).values[:, -1:]
        kept: Tensor = z * (z >= smallest)  # equal ones are kept together
        return kept


K_SPARSE = replace(FAST, learning_rate=4e-3)
"""At the rate of others, a third of the numbers is never among the largest."""

FAMILY = Family(
    title=N_("k-sparse"),
    summary=N_("Only the largest numbers of each code are kept, and all others are zero."),
    in_words=N_("few of them count"),
    model=KSparse,
    config=Config,
    presets={
        "k-sparse-64": {"fast": Preset(Config(), K_SPARSE)},
        "k-sparse-16": {"fast": Preset(Config(latent_dim=16, kept=6), K_SPARSE)},
    },
)
