"""A code of three numbers, small enough to draw as a cloud and to type by hand.

    x (n, 784) -> 128 -> 64 -> 12 -> z (n, 3) -> 12 -> 64 -> 128 -> logits (n, 784)

As published, every activation is tanh. Small codes want depth: ours, `deep-silu-3`, is deeper, its
activation is SiLU, and it never squeezes a layer down to 12. The network is that of `deep.py`; its
options start elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from ae_core.models import shared_options as shared
from ae_core.models.families import deep
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation
from ae_core.models.losses import Reconstruction
from ae_core.recipes import Recipe
from ae_core.texts import N_


@dataclass(frozen=True)
class Config(deep.Config):
    latent_dim: int = shared.latent_dim(3, high=64)
    widths: tuple[int, ...] = shared.widths(128, 64, 12)
    activation: Activation = shared.activation("tanh")
    loss: Reconstruction = shared.loss("mse")


FAMILY = Family(
    title=N_("Three numbers"),
    summary=N_("An image squeezed into three numbers: a cloud that can be turned in space."),
    in_words=N_("a cloud in space"),
    model=deep.Deep,
    config=Config,
    presets={
        "tanh-3": {
            "published": Preset(
                Config(),
                Recipe(
                    learning_rate=1e-2,
                    epsilon=1e-8,
                    batch_size=100,
                    epochs=3,
                    initialisation="torch",
                ),
                reported={"mse": 0.03},
                reported_on=N_("batches of training images"),
            ),
            "fast": Preset(Config(), deep.SMALL_CODE),
        },
        "deep-silu-3": {
            "fast": Preset(
                Config(widths=(256, 128, 128, 64), activation="silu"),
                deep.SMALL_CODE,
                stronger_than="tanh-3",
            )
        },
    },
)
