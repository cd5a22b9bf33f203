"""The nearest images of an image: by their codes, and by their pixels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ae_core.latent.coded_images import Coded

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
    return Near(*(each[0] for each in _nearest(found, torch.tensor([row]), count)))


def shares(found: Coded, count: int) -> tuple[float, float, float]:
    """How many neighbours by code, and by pixels, are of the same class, and how many are shared.

    Means over `JUDGED` images, each in [0, 1].
    """
    step = max(1, len(found.z) // JUDGED)
    rows = torch.arange(0, len(found.z), step)[:JUDGED]
    by_code, by_pixels = _nearest(found, rows, count)
    same = [
        float((found.labels[torch.tensor(each)] == found.labels[rows, None]).float().mean())
        for each in (by_code, by_pixels)
    ]
    both = [len(set(a) & set(b)) / len(a) for a, b in zip(by_code, by_pixels, strict=True)]
    return same[0], same[1], sum(both) / len(both)


def _nearest(found: Coded, rows: Tensor, count: int) -> tuple[list[list[int]], list[list[int]]]:
    count = min(count, len(found.z) - 1)
    codes = torch.cdist(found.z[rows], found.z)
    flat = found.x.flatten(1)
    asked = flat[rows].float()
    # A part at a time: all pixels as floats would take four times the memory of the images.
    parts = [torch.cdist(asked, part.float()) for part in flat.split(CHUNK)]
    both = []
    for distances in (codes, torch.cat(parts, dim=1)):
        distances[torch.arange(len(rows)), rows] = torch.inf
        both.append(distances.topk(count, largest=False).indices.tolist())
    return both[0], both[1]
