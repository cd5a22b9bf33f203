"""Snapshots of a run: what its model makes of the same few test images as it learns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic

import torch
from torch import Tensor

from ae_core import latent
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.objective import Recognition
from ae_core.image_sets import ImageSet
from ae_core.image_sets.subsets import first_of_each
from ae_core.models import Autoencoder, Batch
from ae_core.training.objectives import Model, Objective
from ae_core.training.suggestions import FEW
from ae_core.types import Labels, Pixels

SHOWN = 8
"""Images reconstructed."""

READ = 20
"""Images read by a classifier."""

MEASURED = 1000
"""Test images over which the test losses are means, and whose codes are on the map."""

SIDE = 10
"""Images along each side of the decoded grid."""


class Snapshotter(ABC, Generic[Model]):
    """Takes snapshots of a model in training, over the same images each time.

    `few` says whether the training images are so few that all of them can be measured each time.
    """

    shown: int

    def __init__(self, objective: Objective[Model], images: ImageSet) -> None:
        self.objective, self.model = objective, objective.model
        self.some = images.test[:MEASURED].to(objective.device)
        self.labels = images.test_labels[:MEASURED].to(objective.device)
        self.first = first_of_each(self.labels, self.shown)
        self.few = len(objective.images) == len(images.train) < FEW
        self.learned_labels = images.train_labels.to(objective.device)

    def losses(self) -> dict[str, float]:
        """What an event reports, over test images."""
        return self._over(self.some, self.labels)

    def training_losses(self) -> dict[str, float]:
        """The same over all training images as they are, which is quick where they are few."""
        return self._over(self.objective.images, self.learned_labels)

    @torch.no_grad()
    def _over(self, images: Pixels, its_labels: Labels) -> dict[str, float]:
        training = self.model.training
        self.model.eval()
        totals: dict[str, float] = {}
        for some, labels in zip(images.split(250), its_labels.split(250), strict=True):
            clean = some.float().div(255)
            generator = torch.Generator(images.device).manual_seed(0)
            parts = self.objective.losses(Batch.of(clean, labels, generator))
            for name, value in parts.items():
                totals[name] = totals.get(name, 0.0) + float(value) * len(some) / len(images)
        self.model.train(training)
        return totals

    @abstractmethod
    def snapshot(self) -> dict[str, Tensor]:
        """What is kept of this moment, on the CPU."""


class Drawing(Snapshotter[Autoencoder]):
    """What an autoencoder draws."""

    shown = SHOWN

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """Places of codes on a map, (n, 2), and its ends; a decoded grid; eight reconstructions."""
        training = self.model.training
        self.model.eval()
        codes = latent.encode(self.model, self.some)
        centre, axes, low, high = map_of(codes, self.model.free_numbers)
        across = torch.linspace(0, 1, 2 * SIDE + 1, device=codes.device)[1::2]
        u = low[0] + across * (high[0] - low[0])
        v = high[1] - across * (high[1] - low[1])
        places = torch.cartesian_prod(v, u).flip(1)
        grid = self.model.nearest_possible(centre + places @ axes)
        drawn = latent.decode(self.model, grid)
        again = latent.reconstruct(self.model, self.some[self.first])
        self.model.train(training)
        return {
            "places": ((codes - centre) @ axes.T).half().cpu(),
            "ends": torch.stack([low, high]).cpu(),
            "labels": self.labels.to(torch.int16).cpu(),
            "grid": _bytes(drawn),
            "before": self.some[self.first].cpu().contiguous(),
            "after": _bytes(again),
        }


class Reading(Snapshotter[Classifier]):
    """What a classifier reads."""

    shown = READ

    def snapshot(self) -> dict[str, Tensor]:
        """Twenty test images, their classes, what each is taken for, and with what confidence."""
        training = self.model.training
        images = self.some[self.first]
        taken, probabilities = self.model.predict(images)
        self.model.train(training)
        return {
            "before": images.cpu().contiguous(),
            "labels": self.labels[self.first].cpu(),
            "taken": taken,
            "confidence": probabilities.amax(1),
        }


def of(objective: Objective[Any], images: ImageSet) -> Snapshotter[Any]:
    """What takes snapshots of a run with that objective."""
    kind = Reading if isinstance(objective, Recognition) else Drawing
    return kind(objective, images)


def map_of(codes: Tensor, free: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Centre (d,), two axes (2, d), and the ends (2,) of the map of codes with `free` numbers."""
    width = codes.shape[1]
    if free > 2:
        moving = torch.arange(width, device=codes.device) < free
        centre, axes, _ = latent.principal_axes(codes * moving)
    else:
        centre, axes = codes.new_zeros(width), torch.eye(2, width, device=codes.device)
        axes[free:] = 0
    places = (codes - centre) @ axes.T
    low, high = places.quantile(0.01, dim=0), places.quantile(0.99, dim=0)
    margin = (high - low).clamp(min=1e-3) * 0.1
    return centre, axes, low - margin, high + margin


def _bytes(images: Tensor) -> Pixels:
    return images.mul(255).round().clamp(0, 255).to(torch.uint8).cpu().contiguous()
