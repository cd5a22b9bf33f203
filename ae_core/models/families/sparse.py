"""A sparse code: training also makes the numbers of the code small, so that many are near zero.

x (n, 784) -> 48 -> 32 -> z (n, 16) -> 32 -> 48 -> logits (n, 784), with L1 on z
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ae_core.models import shared_options as shared
from ae_core.models.base import Batch
from ae_core.models.families import deep
from ae_core.models.family import Family, Preset
from ae_core.options import option
from ae_core.recipes import FAST, Recipe
from ae_core.types import Loss


@dataclass(frozen=True)
class Config(deep.Config):
    latent_dim: int = shared.latent_dim(16)
    widths: tuple[int, ...] = shared.widths(48, 32)
    sparsity: float = option(1e-5, "Weight of the sum of the code's sizes", low=0.0, high=1.0)


class Sparse(deep.Deep):
    views: ClassVar[tuple[str, ...]] = ("sparse_numbers",)

    def loss(self, batch: Batch) -> dict[str, Loss]:
        z = self.encode(batch.seen)
        return {
            self.config.loss: self.reconstruction_loss(z, batch.clean),
            "l1": self.config.sparsity * z.float().abs().sum(1).mean(),
        }


FAMILY = Family(
    title="Sparse",
    summary="Large numbers in the code cost something, so an image uses few of them.",
    model=Sparse,
    config=Config,
    presets={
        "sparse-16": {
            "published": Preset(Config(), Recipe(epochs=400)),
            "fast": Preset(Config(widths=(512, 128), activation="silu"), FAST),
        }
    },
)
