"""The contract of a model family. One family is one file in this folder; see `dense.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ae_core.losses import reconstruction_loss
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.types import Images, Latents, Loss

ImageShape = tuple[int, int, int]
"""Channels, height, width."""

MNIST_SHAPE: ImageShape = (1, 28, 28)


class Autoencoder(nn.Module, ABC):
    """A network with a code in the middle. A family says how to encode and how to decode.

    `config` holds at least `latent_dim` and `loss`; the last layer of `decoder` draws the image.
    """

    variational: ClassVar[bool] = False
    decoder: nn.Sequential

    def __init__(self, config: Any, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__()
        self.config = config
        self.image_shape = image_shape

    @property
    def latent_dim(self) -> int:
        return int(self.config.latent_dim)

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
        """The decoded images before the sigmoid."""

    def decode(self, z: Latents) -> Images:
        """The image of each code, in [0, 1]."""
        return self.decode_logits(z).float().sigmoid()

    def forward(self, x: Images) -> Images:
        """The reconstruction of each image."""
        return self.decode(self.encode(x))

    def loss(
        self, seen: Images, clean: Images, generator: torch.Generator | None = None
    ) -> dict[str, Loss]:
        """The parts of the loss, by name; their sum is what training makes small.

        Args:
            seen: what the encoder sees; noisy when the model learns to remove noise.
            clean: what the decoder should draw.
            generator: source of randomness, for families that sample.
        """
        logits = self.decode_logits(self.encode(seen))
        return {self.config.loss: reconstruction_loss(logits, clean, self.config.loss)}


@dataclass(frozen=True)
class Preset:
    """A network with the recipe that trains it."""

    config: Any
    recipe: Recipe


@dataclass(frozen=True)
class Family:
    """What a file in this folder declares as `FAMILY`.

    `presets` maps a name such as "dense-49" to its `published` and `fast` variants.
    """

    title: str
    summary: str
    model: type[Autoencoder]
    config: type[Options]
    presets: Mapping[str, Mapping[str, Preset]]


def parameter_count(model: nn.Module) -> int:
    """Numbers that training sets."""
    return sum(parameter.numel() for parameter in model.parameters())
