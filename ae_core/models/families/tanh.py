"""A code of three numbers, small enough to draw as a cloud and to type by hand.

    x (n, 784) -> 128 -> 64 -> 12 -> z (n, 3) -> 12 -> 64 -> 128 -> logits (n, 784)

As published, tanh bends every layer. Small codes want depth: the fast variant is deeper, bends
with SiLU, and never squeezes a layer down to 12.
"""

from __future__ import annotations

from dataclasses import dataclass

from ae_core.models.base import Family, Preset
from ae_core.models.families import deep
from ae_core.models.layers import Activation
from ae_core.models.losses import Reconstruction
from ae_core.options import option
from ae_core.recipes import Recipe


@dataclass(frozen=True)
class Config(deep.Config):
    latent_dim: int = option(3, "Numbers in the code", low=1, high=64)
    widths: tuple[int, ...] = option(
        (128, 64, 12), "Widths of the layers from image to code", low=1, high=2048
    )
    activation: Activation = option("tanh", "Activation between layers")
    loss: Reconstruction = option("mse", "Training loss")


class Tanh(deep.Deep):
    """The network of `deep.py`; its options start elsewhere."""


FAMILY = Family(
    title="Three numbers",
    summary="A digit squeezed into three numbers: a cloud that can be turned in space.",
    model=Tanh,
    config=Config,
    presets={
        "tanh-3": {
            "published": Preset(
                Config(),
                Recipe(learning_rate=1e-2, batch_size=100, epochs=3, initialisation="torch"),
                reported={"mse": 0.03},
            ),
            "fast": Preset(
                Config(widths=(256, 128, 128, 64), activation="silu"),
                deep.SMALL_CODE,
            ),
        }
    },
)
