"""The contract of a model family. One family is one file in this folder; see `dense.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import nn

from ae_core.models.losses import reconstruction_loss
from ae_core.noise import Noise
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.types import Images, Labels, Latents, Loss, Pixels

ImageShape = tuple[int, int, int]
"""Channels, height, width."""

MNIST_SHAPE: ImageShape = (1, 28, 28)


@dataclass(frozen=True)
class Batch:
    """What one step of training is given.

    Args:
        seen: what the encoder sees; noisy when the model learns to remove noise.
        clean: what the decoder should draw.
        labels: the class of each image, for families that learn from them.
        generator: source of randomness, for families that sample.
    """

    seen: Images
    clean: Images
    labels: Labels | None = None
    generator: torch.Generator | None = None

    @classmethod
    def of(
        cls, x: Images, labels: Labels | None = None, generator: torch.Generator | None = None
    ) -> Batch:
        """Images without noise: what is seen is what should be drawn."""
        return cls(x, x, labels, generator)


class Autoencoder(nn.Module, ABC):
    """A network with a code in the middle. A family says how to encode and how to decode.

    `config` holds at least `loss` and, unless `code_size` says otherwise, `latent_dim`; the last
    layer of `decoder` draws the image. A `variational` model's code is drawn from a posterior;
    one that `takes_labels` learns from the classes too.
    """

    variational: ClassVar[bool] = False
    takes_labels: ClassVar[bool] = False
    decoder: nn.Sequential

    def __init__(self, config: Any, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__()
        self.config = config
        self.image_shape = image_shape

    @classmethod
    def code_size(cls, config: Any, image_shape: ImageShape) -> int:  # noqa: ARG003
        """Numbers in the code of a network with these options."""
        return int(config.latent_dim)

    @property
    def latent_dim(self) -> int:
        return self.code_size(self.config, self.image_shape)

    @property
    def pixels(self) -> int:
        """Numbers in one image: channels times height times width."""
        channels, height, width = self.image_shape
        return channels * height * width

    @abstractmethod
    def encode(self, x: Images) -> Latents:
        """The code of each image; for a variational model the posterior mean."""

    @abstractmethod
    def decode_logits(self, z: Latents) -> Images:
        """The decoded images before `draw` bends them into [0, 1]."""

    def draw(self, logits: Images) -> Images:
        """Numbers of any size as an image in [0, 1]."""
        return logits.float().sigmoid()

    def decode(self, z: Latents) -> Images:
        """The image of each code, in [0, 1]."""
        return self.draw(self.decode_logits(z))

    def forward(self, x: Images) -> Images:
        """The reconstruction of each image."""
        return self.decode(self.encode(x))

    def loss(self, batch: Batch) -> dict[str, Loss]:
        """The parts of the training loss, by name; their sum is minimised."""
        return {self.config.loss: self.reconstruction_loss(self.encode(batch.seen), batch.clean)}

    def reconstruction_loss(self, z: Latents, clean: Images) -> Loss:
        """How far the images of these codes are from the clean ones, as a mean over pixels."""
        return reconstruction_loss(self.decode_logits(z), clean, self.config.loss)


class Solved(Autoencoder):
    """A model whose best weights are computed at once, with no steps of training."""

    @abstractmethod
    def solve(self, images: Pixels) -> None:
        """Set the weights to the best for these images."""


@dataclass(frozen=True)
class Preset:
    """A network with the recipe that trains it, and the noise that it learns to remove, if any.

    `reported` is what its source says that it reaches on MNIST: "bce" and "mse" a pixel, "nelbo",
    the negative ELBO, in nats an image.
    """

    config: Any
    recipe: Recipe
    noise: Noise | None = None
    reported: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """What a file in this folder declares as `FAMILY`.

    `presets` maps a name such as "dense-49" to its `fast` variant and, where somebody published
    one, its `published` variant.
    """

    title: str
    summary: str
    model: type[Autoencoder]
    config: type[Options]
    presets: Mapping[str, Mapping[str, Preset]]


def parameter_count(model: nn.Module) -> int:
    """Numbers that training sets."""
    return sum(parameter.numel() for parameter in model.parameters())
