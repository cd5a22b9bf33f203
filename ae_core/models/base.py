"""The contract of a model. One family of them is one file in `families/`; see `dense.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ae_core.models.dense_form import DenseForm
from ae_core.models.layers import to_levels
from ae_core.models.losses import reconstruction_loss
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
        generator: source of randomness, for families that sample; or what it has drawn for them.
    """

    seen: Images
    clean: Images
    labels: Labels | None = None
    generator: torch.Generator | Latents | None = None

    @classmethod
    def of(
        cls, x: Images, labels: Labels | None = None, generator: torch.Generator | None = None
    ) -> Batch:
        """Images without noise: what is seen is what should be drawn."""
        return cls(x, x, labels, generator)


class Autoencoder(nn.Module, ABC):
    """A network with a code in the middle. A family says how to encode; its `decoder` decodes.

    `config` holds at least `loss` and, unless `code_size` says otherwise, `latent_dim`; the last
    layer of `decoder` draws the image. Whatever the rest of the program wants to know of a model,
    it asks here, so a new family is one file.

    Attributes:
        variational: whether the loss is a negative ELBO, in nats an image.
        has_posterior: whether `posterior` gives each image a normal distribution of whole codes.
        takes_labels: whether it learns from the classes too.
        solved_at_once: whether `solve` computes the weights, with no steps of training.
        views: what is special to show of it, by the names in `pages/ui/family_views`.
    """

    variational: ClassVar[bool] = False
    has_posterior: ClassVar[bool] = False
    takes_labels: ClassVar[bool] = False
    solved_at_once: ClassVar[bool] = False
    views: ClassVar[tuple[str, ...]] = ()
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
    def device(self) -> torch.device:
        """Where its weights lie."""
        return next(self.parameters()).device

    @property
    def pixels(self) -> int:
        """Numbers in one image: channels times height times width."""
        channels, height, width = self.image_shape
        return channels * height * width

    @property
    def code_classes(self) -> int:
        """How many classes the code can name, in its last numbers, one for each; 0 if it cannot."""
        return 0

    @property
    def code_levels(self) -> int | None:
        """The values that each number can take, evenly spaced from -1 to 1; None for any value."""
        return None

    @property
    def code_shape(self) -> tuple[int, int] | None:
        """Height and width of the picture that the code is; None where it is none."""
        return None

    @property
    def free_numbers(self) -> int:
        """How many numbers of the code, from the first on, can be moved one by one."""
        return self.latent_dim - self.code_classes

    def class_of(self, z: Latents) -> Labels:
        """The class that each code names most strongly, for a model with `code_classes`."""
        return z[:, self.free_numbers :].argmax(1)

    def with_class(self, z: Latents, labels: Labels) -> Latents:
        """The same codes, naming these classes instead of their own."""
        named = F.one_hot(labels, self.code_classes).to(z.dtype)
        return torch.cat([z[:, : self.free_numbers], named], dim=1)

    def nearest_possible(self, z: Latents) -> Latents:
        """The nearest codes that images can have: on levels, and of one class and no other."""
        if self.code_levels:
            z = to_levels(z.clamp(-1, 1), self.code_levels)
        return self.with_class(z, self.class_of(z)) if self.code_classes else z

    @abstractmethod
    def encode(self, x: Images) -> Latents:
        """The code of each image; for a variational model the posterior mean."""

    def posterior(self, x: Images) -> tuple[Latents, Latents]:
        """Mean and log-variance of each image's code, for a model that `has_posterior`."""
        raise NotImplementedError

    def decode_logits(self, z: Latents) -> Images:
        """The decoded images before `draw` brings them into [0, 1]."""
        drawn: Tensor = self.decoder(z)
        return drawn if drawn.ndim == 4 else drawn.unflatten(1, self.image_shape)

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

    def dense_form(self) -> DenseForm | None:
        """The network and its loss as data, for a class whose loss is all in it."""
        return None

    @property
    def browser_form(self) -> DenseForm | None:
        """What a browser can train of it; None where it has other layers, or another loss.

        Its own class has to say so: one that inherits from it may compute something else.
        """
        return self.dense_form() if "dense_form" in vars(type(self)) else None

    def solve(self, images: Pixels) -> None:
        """Set the weights to the best for these images, for a model that is `solved_at_once`."""
        raise NotImplementedError


def parameter_count(model: nn.Module) -> int:
    """Numbers that training sets."""
    return sum(parameter.numel() for parameter in model.parameters())
