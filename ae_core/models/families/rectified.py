"""Dense layers that are rectified everywhere, the code and the picture too.

    agarap-64: x (n, 784) -> 64 -> z (n, 64) -> 64 -> x_hat (n, 784)
    deep-128:  x (n, 784) -> 784 -> 256 -> z (n, 128) -> 128 -> 256 -> x_hat (n, 784)

A rectified picture has no sigmoid to keep it below white; what is above is white, and a pixel that
is dead for every image stays black for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from torch import Tensor
from torch.nn import functional as F

from ae_core.errors import UserError
from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, Batch, ImageShape
from ae_core.models.dense_form import DenseForm, form_of
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.options import Options, option
from ae_core.recipes import FAST, Recipe
from ae_core.texts import N_, _
from ae_core.types import Images, Latents, Loss


@dataclass(frozen=True)
class Config(Options):
    latent_dim: int = shared.latent_dim(64)
    encoder_widths: tuple[int, ...] = shared.widths(64)
    decoder_widths: tuple[int, ...] = shared.widths(
        64, help=N_("Widths of the layers from code to image")
    )
    activation: Activation = shared.activation("relu")
    code: shared.CodeSign = shared.code_sign()
    output: Literal["relu", "sigmoid"] = option("relu", "How the last layer draws")
    loss: Reconstruction = shared.loss("mse")


class Rectified(Autoencoder):
    views: ClassVar[tuple[str, ...]] = ("canvas",)

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        if config.output == "relu" and config.loss == "bce":
            raise UserError(_("A rectified picture has no cross-entropy. Choose the loss mse."))
        code = config.latent_dim
        self.encoder = mlp((self.pixels, *config.encoder_widths, code), config.activation)
        self.decoder = mlp((code, *config.decoder_widths, self.pixels), config.activation)

    def encode(self, x: Images) -> Latents:
        z: Tensor = self.encoder(x.flatten(1))
        return z.relu() if self.config.code == "relu" else z

    def draw(self, logits: Images) -> Images:
        return logits.float().clamp(0, 1) if self.config.output == "relu" else super().draw(logits)

    def dense_form(self) -> DenseForm | None:
        config = self.config
        if config.output == "relu":
            return None
        return form_of(self.encoder, self.decoder, config.loss, code=config.code)

    def loss(self, batch: Batch) -> dict[str, Loss]:
        if self.config.output == "sigmoid":
            return super().loss(batch)
        drawn = self.decode_logits(self.encode(batch.seen)).float().relu()
        return {"mse": F.mse_loss(drawn, batch.clean)}


AGARAP = Recipe(optimizer="sgd", learning_rate=1.0, momentum=0.9, batch_size=128, epochs=100)
"""Published without rate, momentum, batch and epochs; these are ours.

MSE is a mean over pixels, so its gradient is small: with the usual rate of 0.01 nothing is learned
in a hundred epochs. On 5,000 training images held out, a rate of 1 ends at 0.0098 and one of 0.3 at
0.0127.
"""

DEEP = Config(latent_dim=128, encoder_widths=(784, 256), decoder_widths=(128, 256))

WIDE = Config(
    encoder_widths=(512,), decoder_widths=(512,), activation="silu", code="linear", output="sigmoid"
)

DARK = replace(FAST, initialisation="glorot")
"""With an output bias at the mean image, below zero, a rectified picture would learn nothing."""

FAMILY = Family(
    title=N_("Rectified"),
    summary=N_("Every number is zero or more, in the layers, in the code and in the picture."),
    in_words=N_("none below zero"),
    model=Rectified,
    config=Config,
    presets={
        "agarap-64": {
            "published": Preset(
                Config(),
                AGARAP,
                source="https://senti.ai/implementing-an-autoencoder-in-tensorflow-2-0/",
                left_open=N_("learning rate, momentum, batch size and epochs"),
            ),
            "fast": Preset(Config(), DARK),
        },
        "deep-128": {
            "published": Preset(
                DEEP,
                Recipe(
                    optimizer="tensorflow-rmsprop",
                    learning_rate=1e-3,
                    updates=1000,
                    initialisation="glorot-biases",
                ),
                part="first-55000",
            ),
            "fast": Preset(DEEP, replace(DARK, epochs=15)),
        },
        "wide-64": {"fast": Preset(WIDE, FAST, stronger_than="agarap-64")},
        "wide-128": {
            "fast": Preset(
                replace(WIDE, latent_dim=128), replace(FAST, epochs=15), stronger_than="deep-128"
            )
        },
    },
)
