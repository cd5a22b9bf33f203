"""A variational autoencoder that is told the class, and so keeps only the style in its cloud.

    x, class -> widths -> mean, log-variance of the style (n, d - classes)
    z = style and class, one number for each class -> widths reversed -> logits (n, 784)

Decoding one style with each class in turn writes all ten digits in one hand (Kingma et al. 2014,
arXiv:1406.5298, figure 1; Sohn, Lee and Yan 2015). An image whose class nobody tells is read by a
classifier that learns beside the rest, so that this family encodes images like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ae_core.models import shared_options as shared
from ae_core.models.base import MNIST_SHAPE, Autoencoder, Batch, ImageShape
from ae_core.models.families.vae import FAST_VARIATIONAL
from ae_core.models.family import Family, Preset
from ae_core.models.layers import Activation, mlp
from ae_core.models.losses import Reconstruction
from ae_core.models.variational import negative_elbo, sample
from ae_core.options import Options, option
from ae_core.texts import N_
from ae_core.types import Images, Labels, Latents, Loss


@dataclass(frozen=True)
class Config(Options):
    style_dim: int = option(2, "Numbers for the style", low=1, high=64)
    classes: int = option(10, "Classes that the code can name", low=2, high=100)
    widths: tuple[int, ...] = shared.widths(
        256, 128, 64, help=N_("Widths of the layers from image to style")
    )
    activation: Activation = shared.activation("silu")
    beta: float = shared.beta()
    loss: Reconstruction = shared.loss()


class ConditionalVAE(Autoencoder):
    variational: ClassVar[bool] = True
    takes_labels: ClassVar[bool] = True
    views: ClassVar[tuple[str, ...]] = ("class_and_style",)

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        style, classes, widths = config.style_dim, config.classes, config.widths
        self.classifier = mlp((self.pixels, 256, classes), config.activation)
        self.encoder = mlp((self.pixels + classes, *widths, 2 * style), config.activation)
        self.decoder = mlp((self.latent_dim, *widths[::-1], self.pixels), config.activation)

    @classmethod
    def code_size(cls, config: Config, image_shape: ImageShape) -> int:  # noqa: ARG003
        return config.style_dim + config.classes

    @property
    def code_classes(self) -> int:
        return self.config.classes

    def read_class(self, x: Images) -> Labels:
        """The class that each image seems to be of."""
        return self.classifier(x.flatten(1)).argmax(1)

    def style_posterior(self, x: Images, labels: Labels) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of each image's style, given its class, each (n, style_dim)."""
        both = self.encoder(torch.cat([x.flatten(1), self._one_hot(labels)], dim=1)).float()
        mean, log_variance = both.chunk(2, dim=1)
        return mean, log_variance.clamp(-12, 6)

    def encode(self, x: Images) -> Latents:
        """The style, then a one in the place of the class that is read and zeros elsewhere."""
        labels = self.read_class(x)
        return torch.cat([self.style_posterior(x, labels)[0], self._one_hot(labels)], dim=1)

    def loss(self, batch: Batch) -> dict[str, Loss]:
        """Negative evidence lower bound given the class, in nats an image, and the classifier's.

        Without labels the class is the one that the classifier reads, and teaches it nothing.
        """
        logits_of_class = self.classifier(batch.seen.flatten(1)).float()
        told = logits_of_class.argmax(1) if batch.labels is None else batch.labels
        mean, log_variance = self.style_posterior(batch.seen, told)
        z = torch.cat([sample(mean, log_variance, batch.generator), self._one_hot(told)], dim=1)
        parts = negative_elbo(self, z, batch.clean, mean, log_variance)
        if batch.labels is not None:
            parts["class"] = F.cross_entropy(logits_of_class, batch.labels)
        return parts

    def _one_hot(self, labels: Labels) -> Tensor:
        return F.one_hot(labels, self.config.classes).float()


FAMILY = Family(
    title=N_("Variational, with the class"),
    summary=N_("Pick the class and keep the style: the class is given, the cloud is the style."),
    in_words=N_("style apart from the class"),
    model=ConditionalVAE,
    config=Config,
    presets={"conditional-vae-12": {"fast": Preset(Config(), FAST_VARIATIONAL)}},
)
