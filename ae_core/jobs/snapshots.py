"""Snapshots of a model in training: its map, a decoded grid, and eight reconstructions."""

from __future__ import annotations

import torch
from torch import Tensor

from ae_core import latent
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder, Batch
from ae_core.types import Pixels

SHOWN = 8
"""Images reconstructed."""

MAPPED = 1000
"""Test images whose codes are on the map, and over which the test losses are means."""

SIDE = 10
"""Images along each side of the decoded grid."""


class Snapshotter:
    """Takes snapshots of a model in training, over the same images each time."""

    def __init__(self, model: Autoencoder, images: ImageSet) -> None:
        device = next(model.parameters()).device
        self.model = model
        self.some = images.test[:MAPPED].to(device)
        self.labels = images.test_labels[:MAPPED].to(device)
        self.shown = self.some[first_of_each(self.labels, SHOWN)]

    @torch.no_grad()
    def losses(self) -> dict[str, float]:
        """The parts of the loss on test images."""
        training = self.model.training
        self.model.eval()
        totals: dict[str, float] = {}
        for some, labels in zip(self.some.split(250), self.labels.split(250), strict=True):
            clean = some.float().div(255)
            taken = labels if self.model.takes_labels else None
            generator = torch.Generator(self.some.device).manual_seed(0)
            parts = self.model.loss(Batch.of(clean, taken, generator))
            for name, value in parts.items():
                totals[name] = totals.get(name, 0.0) + float(value) * len(some) / len(self.some)
        self.model.train(training)
        return totals

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
        again = latent.reconstruct(self.model, self.shown)
        self.model.train(training)
        return {
            "places": ((codes - centre) @ axes.T).half().cpu(),
            "ends": torch.stack([low, high]).cpu(),
            "labels": self.labels.to(torch.int16).cpu(),
            "grid": _bytes(drawn),
            "before": self.shown.cpu().contiguous(),
            "after": _bytes(again),
        }


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


def first_of_each(labels: Tensor, count: int) -> Tensor:
    """Indices of images, as many classes as there are, then whatever comes first, (count,)."""
    firsts = [int((labels == label).nonzero()[0]) for label in labels.unique()]
    rest = [i for i in range(len(labels)) if i not in firsts]
    return torch.tensor((firsts + rest)[:count], device=labels.device)


def _bytes(images: Tensor) -> Pixels:
    return images.mul(255).round().clamp(0, 255).to(torch.uint8).cpu().contiguous()
