"""A convolutional autoencoder whose code is itself a small picture.

    x (n, 1, 28, 28) -> 128 x 14 x 14 -> 32 x 7 x 7 -> z (n, 49), a picture of 7 x 7
    z -> 32 x 7 x 7 -> 128 x 14 x 14 -> logits (n, 1, 28, 28)

There is no dense layer. The network has a sixth of the parameters of `deep.py`, and costs a hundred
times its arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional as F

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, ImageShape
from ae_core.models.family import Family, Preset
from ae_core.models.layers import ACTIVATIONS, Activation, quarter
from ae_core.models.losses import Reconstruction
from ae_core.options import Options, option
from ae_core.recipes import FAST, KERAS_2017, KERAS_2017_SOURCE
from ae_core.texts import N_
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(Options):
    outer_channels: int = option(128, "Channels at half the image's size", low=1, high=512)
    inner_channels: int = option(32, "Channels at a quarter of its size", low=1, high=512)
    activation: Activation = shared.activation("relu")
    code: shared.CodeSign = shared.code_sign()
    loss: Reconstruction = shared.loss()


class UpsampledConv2d(nn.Conv2d):
    """A convolution of an image twice the size, its pixels repeated, at a third of the arithmetic.

    Repeating pixels and convolving is one transposed convolution of stride 2, whose kernel is the
    flipped one added up over 2 x 2.
    """

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.weight.transpose(0, 1).flip(2, 3)
        kernel = 4 * F.avg_pool2d(kernel, 2, stride=1, padding=1)
        return F.conv_transpose2d(x, kernel, self.bias, stride=2, padding=self.kernel_size[0] // 2)


class Conv(Autoencoder):
    """Pools before the activation: the same numbers as the other way round, by less work."""

    views: ClassVar[tuple[str, ...]] = ("code_image",)

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        channels, height, width = image_shape
        outer, inner = config.outer_channels, config.inner_channels
        activation = ACTIVATIONS[config.activation]
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, outer, 7, padding=3),
            nn.MaxPool2d(2),
            activation(),
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(outer, inner, 2),
            nn.MaxPool2d(2),
            activation(),
            nn.Conv2d(inner, 1, 7, padding=3),
            nn.Flatten(),
        )
        self.decoder = nn.Sequential(
            nn.Unflatten(1, (1, *quarter(height, width))),
            nn.Conv2d(1, inner, 7, padding=3),
            activation(),
            nn.Upsample(scale_factor=2),
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(inner, outer, 2),
            activation(),
            UpsampledConv2d(outer, channels, 7, padding=3),
        )

    @classmethod
    def code_size(cls, config: Config, image_shape: ImageShape) -> int:  # noqa: ARG003
        height, width = quarter(*image_shape[1:])
        return height * width

    @property
    def code_shape(self) -> tuple[int, int]:
        return quarter(*self.image_shape[1:])

    def encode(self, x: Images) -> Latents:
        z: Tensor = self.encoder(x)
        return z.relu() if self.config.code == "relu" else z


QUICK = replace(FAST, optimizer="adam", learning_rate=4e-3, epochs=15)

FAMILY = Family(
    title=N_("Convolutional"),
    summary=N_("No dense layer: convolutions squeeze an image to a picture of 7 x 7, and back."),
    in_words=N_("a code that is a picture"),
    model=Conv,
    config=Config,
    presets={
        "conv-49": {
            "published": Preset(
                Config(),
                replace(KERAS_2017, epochs=64, precision="auto"),
                reported={"bce": 0.0693},
                source=KERAS_2017_SOURCE,
            ),
            "fast": Preset(Config(), QUICK),
        },
        "conv-silu-49": {
            "fast": Preset(
                Config(outer_channels=64, activation="silu", code="linear"),
                QUICK,
                stronger_than="conv-49",
            )
        },
    },
)
