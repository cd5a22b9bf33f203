"""What a run minimises. The loop is the same for all; an objective says what differs."""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

import torch
from jaxtyping import Int64
from torch import Tensor, nn

from ae_core import wording
from ae_core.errors import UserError
from ae_core.image_sets.subsets import augmented
from ae_core.models import batches
from ae_core.models.base import Autoencoder, Batch
from ae_core.models.losses import gradient_only
from ae_core.noise import Noise
from ae_core.recipes import Recipe
from ae_core.texts import N_, _
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.on_the_way.changes import NOISE, Adjustable, adjustable
from ae_core.training.optimisers import Optimiser, initialise, optimiser_for
from ae_core.types import Images, Labels, Loss, Pixels

Model = TypeVar("Model", bound=nn.Module)


@runtime_checkable
class Steps(Protocol):
    """What every recipe says of a step."""

    @property
    def batch_size(self) -> int: ...
    @property
    def precision(self) -> str: ...
    @property
    def memory_format(self) -> str: ...
    @property
    def threads(self) -> int: ...


class Objective(ABC, Generic[Model]):
    """A model, the images that it learns from, and what is minimised over them.

    `images` lie on the model's device. A run of a `solved` model has one step; one that does not
    `report_epochs` has events ten times a second alone.
    """

    solved: ClassVar[bool] = False
    report_epochs: ClassVar[bool] = True
    advice: ClassVar[str] = N_("Train with a smaller learning rate.")

    def __init__(self, model: Model, images: Pixels, recipe: Steps) -> None:
        if len(images) == 0:
            raise UserError(_("There are no images to train on. Choose a set that holds some."))
        self.model, self.recipe = model, recipe
        self.device = next(model.parameters()).device
        self.images = images.to(self.device)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(len(self.images) / self.recipe.batch_size)

    @property
    @abstractmethod
    def usual_steps(self) -> int:
        """Steps of a run for which neither steps nor seconds were asked."""

    @abstractmethod
    def draw_weights(self, generator: torch.Generator) -> None:
        """Draw the model's first weights."""

    @abstractmethod
    def batch(
        self, chosen: Int64[Tensor, " n"], arithmetic: Arithmetic, generator: torch.Generator
    ) -> Batch:
        """What one step is given of the images in these places."""

    @abstractmethod
    def loss(self, batch: Batch) -> Loss:
        """What one step minimises; its gradient counts, its value need not be right."""

    @abstractmethod
    def losses(self, batch: Batch) -> dict[str, Loss]:
        """What an event reports, by name."""

    def total(self, losses: dict[str, float]) -> float:
        """What is minimised, of what an event reports."""
        return sum(losses.values())

    @abstractmethod
    def optimiser(self, steps: int) -> Optimiser:
        """What turns gradients into so many steps."""

    def learn(self, batch: Batch, optimiser: Optimiser, arithmetic: Arithmetic) -> None:
        """Train one step."""
        optimiser.zero_grad()
        with arithmetic.autocast(self.device):
            loss = self.loss(batch)
        loss.backward()
        optimiser.update()

    def adjustable(self) -> dict[str, Adjustable]:
        """What can be changed while it trains, as it stands."""
        return adjustable(self.recipe)

    def adjust(self, what: str, value: float) -> None:
        """Change one of these, other than the rate, which its optimiser has.

        Raises:
            KeyError: it has none of it, as an objective that says nothing else.
        """
        raise KeyError(what)

    def reconstructions(self, images: Pixels) -> Images | None:
        """How the model draws these images, which lie on its device; None where it draws none."""
        return None

    def on(self, model: Model) -> Objective[Model]:
        """The same for another model of the same network."""
        other = copy.copy(self)
        other.model = model
        return other


class Reconstruction(Objective[Autoencoder]):
    """An autoencoder learns to draw its images from their codes, by the loss of its family.

    Args:
        model: trained in place.
        images: the training set, (n, c, h, w) uint8.
        labels: the class of each image, for models that learn from them.
        noise: put on the images that the encoder sees; the decoder's target stays clean.

    Raises:
        UserError: there are no images, the shape is not the model's, the model needs labels and
            there are none, or cannot learn to remove noise.
    """

    recipe: Recipe
    advice = N_("Train with a smaller learning rate, or with the guard on.")

    def __init__(
        self,
        model: Autoencoder,
        images: Pixels,
        recipe: Recipe,
        *,
        labels: Labels | None = None,
        noise: Noise | None = None,
    ) -> None:
        if tuple(images.shape[1:]) != model.image_shape:
            raise UserError(
                _(
                    "The images are {size}, the model takes {taken}. Choose a model made for images"
                    " of this size.",
                    size=wording.shape(images.shape[1:]), taken=wording.shape(model.image_shape),
                )
            )  # fmt: skip
        if model.takes_labels and labels is None:
            raise UserError(_("This model learns from the classes too. Choose a set with labels."))
        super().__init__(model, images, recipe)
        self.labels = labels.to(self.device) if model.takes_labels and labels is not None else None
        self.noise = noise

    @property
    def usual_steps(self) -> int:
        return self.recipe.updates or self.recipe.epochs * self.steps_per_epoch

    def draw_weights(self, generator: torch.Generator) -> None:
        mean = self.images.sum(0, dtype=torch.float32) / (255 * len(self.images))
        initialise(self.model, self.recipe, mean, generator)

    def batch(
        self, chosen: Int64[Tensor, " n"], arithmetic: Arithmetic, generator: torch.Generator
    ) -> Batch:
        # A tenth of the time of indexing: whole images are copied, not pixels.
        pixels = self.images.index_select(0, chosen)
        shift, flip = self.recipe.shift, self.recipe.flip
        clean = arithmetic.floats(augmented(pixels, generator, shift=shift, flip=flip))
        seen = self.noise(clean, generator) if self.noise else clean
        labels = None if self.labels is None else self.labels[chosen]
        return Batch(seen, clean, labels, generator)

    def loss(self, batch: Batch) -> Loss:
        with gradient_only():
            return sum(self.model.loss(batch).values(), torch.tensor(0.0))

    def losses(self, batch: Batch) -> dict[str, Loss]:
        return self.model.loss(batch)

    def optimiser(self, steps: int) -> Optimiser:
        return optimiser_for(self.model, self.recipe, steps)

    def adjustable(self) -> dict[str, Adjustable]:
        return adjustable(self.recipe, self.noise, self.model.config)

    def adjust(self, what: str, value: float) -> None:
        if what == NOISE:
            assert self.noise
            self.noise = self.noise.at(value)
        else:
            self.model.config = replace(self.model.config, **{what: value})

    def reconstructions(self, images: Pixels) -> Images | None:
        return batches.reconstruct(self.model.eval(), images)


class Solution(Reconstruction):
    """A model whose best weights are computed at once, with no steps of training."""

    solved = True

    @property
    def steps_per_epoch(self) -> int:
        return 1

    def adjustable(self) -> dict[str, Adjustable]:
        return {}

    def draw_weights(self, generator: torch.Generator) -> None:
        pass

    def learn(self, batch: Batch, optimiser: Optimiser, arithmetic: Arithmetic) -> None:
        self.model.solve(self.images)


def reconstruction(
    model: Autoencoder,
    images: Pixels,
    recipe: Recipe,
    *,
    labels: Labels | None = None,
    noise: Noise | None = None,
) -> Reconstruction:
    """The objective of an autoencoder, whichever it is; the arguments are `Reconstruction`'s."""
    if not model.solved_at_once:
        return Reconstruction(model, images, recipe, labels=labels, noise=noise)
    if noise:
        raise UserError(_("This model is computed at once, and cannot learn to remove noise."))
    return Solution(model, images, recipe, labels=labels)
