"""The nearest images of an image: by their codes, and by their pixels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ae_core.latent.coded_images import Coded
from ae_core.types import Pixels

JUDGED = 300
"""Images whose neighbours are looked at for a mean."""

CHUNK = 1000


@dataclass(frozen=True)
class Near:
    """Rows of the nearest images, nearest first."""

    by_code: list[int]
    by_pixels: list[int]


def of(found: Coded, row: int, count: int) -> Near:
    """The nearest images of the one in that row, itself left out."""
    return Near(*(each[0] for each in _of_rows(found, torch.tensor([row]), count)))


def of_new(found: Coded, z: Tensor, x: Pixels, count: int) -> Near:
    """The nearest images of one that is not among them, of its code (1, n) and pixels (1, …)."""
    distances = _distances(found, z, x)
    return Near(*(_smallest(each, min(count, len(found.z)))[0] for each in distances))


def shares(found: Coded, count: int) -> tuple[float, float, float]:
    """How many neighbours by code, and by pixels, are of the same class, and how many are shared.

    Means over `JUDGED` images, each in [0, 1].
    """
    step = max(1, len(found.z) // JUDGED)
    rows = torch.arange(0, len(found.z), step)[:JUDGED]
    by_code, by_pixels = _of_rows(found, rows, count)
    same = [
        float((found.labels[torch.tensor(each)] == found.labels[rows, None]).float().mean())
        for each in (by_code, by_pixels)
    ]
    both = [len(set(a) & set(b)) / len(a) for a, b in zip(by_code, by_pixels, strict=True)]
    return same[0], same[1], sum(both) / len(both)


def _of_rows(found: Coded, rows: Tensor, count: int) -> list[list[list[int]]]:
    both = []
    for distances in _distances(found, found.z[rows], found.x[rows]):
        distances[torch.arange(len(rows)), rows] = torch.inf
        both.append(_smallest(distances, min(count, len(found.z) - 1)))
    return both


def _distances(found: Coded, z: Tensor, x: Pixels) -> tuple[Tensor, Tensor]:
    """From each of some images to all that are found: between codes, and between pixels."""
    asked = x.flatten(1).float()
    # A part at a time: all pixels as floats would take four times the memory of the images.
    parts = [torch.cdist(asked, part.float()) for part in found.x.flatten(1).split(CHUNK)]
    return torch.cdist(z, found.z), torch.cat(parts, dim=1)


def _smallest(distances: Tensor, count: int) -> list[list[int]]:
    rows: list[list[int]] = distances.topk(count, largest=False).indices.tolist()
    return rows
