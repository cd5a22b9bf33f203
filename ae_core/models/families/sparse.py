"""A sparse code: training also makes the numbers of the code small, so that many are near zero.

x (n, 784) -> 48 -> 32 -> z (n, 16) -> 32 -> 48 -> logits (n, 784), with L1 on z
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from ae_core.models import shared_options as shared
from ae_core.models.base import Batch
from ae_core.models.dense_form import DenseForm, form_of
from ae_core.models.families import deep
from ae_core.models.family import Family, Preset
from ae_core.options import option
from ae_core.recipes import FAST, KERAS_2017, KERAS_2017_SOURCE
from ae_core.texts import N_
from ae_core.types import Images, Latents, Loss


@dataclass(frozen=True)
class Config(deep.Config):
    latent_dim: int = shared.latent_dim(16)
    widths: tuple[int, ...] = shared.widths(48, 32)
    sparsity: float = option(1e-5, "Weight of the sum of the code's sizes", low=0.0, high=1.0)
    code: shared.CodeSign = shared.code_sign("linear")
    summed: Literal["image", "batch"] = option(
        "image", "Whether the sum is over an image's code, or over the codes of a whole batch"
    )


class Sparse(deep.Deep):
    views: ClassVar[tuple[str, ...]] = ("sparse_numbers",)

    def encode(self, x: Images) -> Latents:
        z = super().encode(x)
        return z.relu() if self.config.code == "relu" else z

    def loss(self, batch: Batch) -> dict[str, Loss]:
        z = self.encode(batch.seen)
        sizes = z.float().abs().sum(1)
        return {
            self.config.loss: self.reconstruction_loss(z, batch.clean),
            "l1": self.config.sparsity
            * (sizes.sum() if self.config.summed == "batch" else sizes.mean()),
        }

    def dense_form(self) -> DenseForm:
        config = self.config
        return form_of(
            self.encoder, self.decoder, config.loss, code=config.code,
            sizes=config.sparsity, whole_batch=config.summed == "batch",
        )  # fmt: skip


FAMILY = Family(
    title=N_("Sparse"),
    summary=N_("The L1 norm of the code is part of the loss: what is not zero costs something."),
    in_words=N_("most near zero"),
    model=Sparse,
    config=Config,
    presets={
        "sparse-16": {
            # Keras 2.0 added up what it penalised over the whole batch: `L1L2` in its
            # regularizers.py takes `K.sum` of all that it is given. Later versions divide by the
            # batch size, which is `summed="image"`.
            "published": Preset(
                Config(summed="batch"),
                replace(KERAS_2017, epochs=400),
                source=KERAS_2017_SOURCE,
            ),
            "fast": Preset(Config(), FAST),
        },
        "sparse-silu-16": {
            "fast": Preset(
                Config(widths=(512, 128), activation="silu"), FAST, stronger_than="sparse-16"
            )
        },
    },
)
