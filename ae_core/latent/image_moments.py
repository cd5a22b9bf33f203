"""What can be measured of a digit: ink, slant, width, height, loops, from moments of its ink."""

# scikit-image declares no types.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import math

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ae_core.types import Images

NAMES = ("ink", "slant", "width", "height", "loops")

INK = 0.5
"""Brighter than this is ink where loops are counted."""

BATCH = 2000


def moments(x: Images) -> Float[Tensor, "n 5"]:
    """The measures of each image, in the order of `NAMES`; an image without ink has zeros.

    - ink: mean brightness, in percent.
    - slant: how far the strokes lean to the right, in degrees.
    - width, height: in pixels, of the evenly filled bar whose ink is spread as far; the width is
      that of the image once its slant is taken away.
    - loops: closed ones, such as the two of an 8.
    """
    return torch.cat([_moments(batch) for batch in x.split(BATCH)])


def loops(ink: Tensor) -> Int64[Tensor, " n"]:
    """Holes in the ink of each image, (n, h, w) booleans: background cut off from the border."""
    from skimage.measure import label  # it takes a while to import

    framed = np.pad(~ink.numpy(), ((0, 0), (1, 1), (1, 1)), constant_values=True)
    # All images in one tall picture, a line of ink between any two: regions are numbered from top
    # to bottom, so the highest number up to an image counts the regions up to there.
    tall = np.pad(framed, ((0, 0), (0, 1), (0, 0))).reshape(-1, framed.shape[2])
    regions = label(tall, connectivity=1).reshape(len(framed), -1).max(1, initial=0)
    counts = np.diff(regions, prepend=0) - 1
    return torch.from_numpy(counts.astype(np.int64))


def _moments(x: Images) -> Tensor:
    grey = x.mean(1)
    h, w = grey.shape[1:]
    mass = grey.sum((1, 2)).clamp_min(1e-6)
    down = torch.arange(h, dtype=grey.dtype)[:, None]
    across = torch.arange(w, dtype=grey.dtype)
    y = down - ((grey * down).sum((1, 2)) / mass)[:, None, None]
    x_ = across - ((grey * across).sum((1, 2)) / mass)[:, None, None]
    xx, xy, yy = ((grey * each).sum((1, 2)) / mass for each in (x_ * x_, x_ * y, y * y))
    shear = -xy / yy.clamp_min(1e-6)  # rows count downwards
    upright = (xx - xy * xy / yy.clamp_min(1e-6)).clamp_min(0)
    bar = math.sqrt(12)  # a bar of width 1 has a deviation of 1/sqrt(12)
    return torch.stack(
        [
            100 * grey.mean((1, 2)),
            shear.atan().rad2deg(),
            bar * upright.sqrt(),
            bar * yy.sqrt(),
            loops(grey > INK).to(grey.dtype),
        ],
        dim=1,
    )
