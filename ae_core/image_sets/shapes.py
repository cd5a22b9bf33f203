"""Shapes drawn by code from a seed: everything that makes an image differ is known.

Six factors are drawn independently of each other, as in dSprites (Matthey et al. 2017): shape, hue,
size, angle, place across and place up. None of them goes round: hue runs from red to blue and not
back to red, and no shape looks as before when it is turned by less than 180 degrees, where angles
span 120. So equal images have equal factors, and a single number of a code can follow each.

Only operations that IEEE 754 rounds in one way are used: every machine draws the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from ae_core.image_sets.base import Factor, Factors, ImageSet, sha256_of
from ae_core.texts import N_

TITLE = N_("Shapes")

TRAIN, TEST, SIDE = 8_000, 2_000, 32
"""Enough for networks that see no image twice in a position, and drawn in half a second."""

Array = NDArray[np.float64]


def _ellipse(x: Array, y: Array) -> Array:
    """By the value over its slope, which is the distance to first order near the outline."""
    across, up = x / 0.6, y
    value = np.sqrt(across * across + up * up)
    slope = np.sqrt((across / 0.6) ** 2 + up * up)
    return value * (value - 1) / np.maximum(slope, 1e-9)


def _rectangle(x: Array, y: Array) -> Array:
    return np.maximum(np.abs(x) - 0.5, np.abs(y) - 0.85)


def _triangle(x: Array, y: Array) -> Array:
    side = (1.7 * np.abs(x) + 0.7 * (y - 1)) / math.sqrt(1.7 * 1.7 + 0.7 * 0.7)
    return np.maximum(side, -0.7 - y)


def _heart(x: Array, y: Array) -> Array:
    """A square that stands on its corner, and a disc on each of its upper sides."""
    side, half = 1.1, 0.55
    step = half / math.sqrt(2)
    x = np.abs(x)
    square = (x + np.abs(y + 1 - 2 * step)) / math.sqrt(2) - half
    across, up = x - step, y + 1 - 3 * step
    return np.minimum(square, np.sqrt(across * across + up * up) - side / 2)


OUTLINES: dict[str, Callable[[Array, Array], Array]] = {
    N_("ellipse"): _ellipse,
    N_("rectangle"): _rectangle,
    N_("triangle"): _triangle,
    N_("heart"): _heart,
}
"""How far each place is outside of a shape that just fits into the unit circle."""

FACTORS = (
    Factor("shape", N_("shape"), values=tuple(OUTLINES)),
    Factor("hue", N_("hue"), low=0.0, high=240.0, unit="°"),
    Factor("size", N_("size"), low=0.34, high=0.62),
    Factor("angle", N_("angle"), low=-60.0, high=60.0, unit="°"),
    Factor("across", N_("place across"), low=0.325, high=0.675),
    Factor("up", N_("place up"), low=0.325, high=0.675),
)
"""Size and places are shares of the image's side, from the left and from below; a positive angle is
counter-clockwise. No shape reaches beyond the image."""


def load() -> ImageSet:
    """8,000 images to train on and 2,000 to test on, in colour."""
    factors = sample(TRAIN + TEST)
    images, values = torch.from_numpy(draw(factors)), torch.from_numpy(factors).float()
    labels = torch.from_numpy(factors[:, 0].astype(np.int64))
    train, test = images[:TRAIN], images[TRAIN:]
    train_labels, test_labels = labels[:TRAIN], labels[TRAIN:]
    return ImageSet(
        name="shapes",
        title=TITLE,
        train=train,
        train_labels=train_labels,
        test=test,
        test_labels=test_labels,
        classes=tuple(OUTLINES),
        sha256=sha256_of(train, train_labels, test, test_labels),
        factors=Factors(FACTORS, values[:TRAIN], values[TRAIN:]),
    )


def sample(count: int, *, seed: int = 0) -> Array:
    """Factors of `count` images, (count, 6), each uniform and independent of the others.

    Made of PCG64's raw numbers, which NumPy promises never to change.
    """
    raw = np.random.PCG64(seed).random_raw(count * len(FACTORS)).reshape(count, len(FACTORS))
    share = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
    low, high = (np.array(ends) for ends in zip(*map(_ends, FACTORS), strict=True))
    values = low + share * (high - low)
    values[:, 0] = np.floor(values[:, 0])
    return values


def draw(factors: Array, *, side: int = SIDE) -> NDArray[np.uint8]:
    """The images of these factors, (n, 3, side, side), with soft edges on black."""
    images = np.zeros((len(factors), 3, side, side), np.uint8)
    for number, outline in enumerate(OUTLINES.values()):
        rows = np.flatnonzero(factors[:, 0] == number)
        for some in np.split(rows, range(256, len(rows), 256)):
            covered = _covered(outline, factors[some, 2:], side)
            colours = _colours(factors[some, 1])
            images[some] = (255 * covered[:, None] * colours[:, :, None, None] + 0.5).astype("u1")
    return images


def _covered(outline: Callable[[Array, Array], Array], placed: Array, side: int) -> Array:
    """How much of each pixel a shape covers, by how far the pixel's middle is from its outline."""
    size, angle, across, up = placed.T[:, :, None, None]
    middles = (np.arange(side) + 0.5) / side
    x, y = middles - across, middles[::-1, None] - up
    cosine, sine = _cosine_and_sine(angle * (math.pi / 180))
    radius = size / 2
    outside = outline((cosine * x + sine * y) / radius, (cosine * y - sine * x) / radius)
    covered: Array = np.clip(0.5 - outside * radius * side, 0, 1)
    return covered


def _cosine_and_sine(angle: Array) -> tuple[Array, Array]:
    """By their series: the last bit of a library's own differs from machine to machine."""
    cosine, sine = np.ones_like(angle), angle.copy()
    even, odd = cosine.copy(), sine.copy()
    for power in range(1, 18, 2):
        even = -even * angle * angle / (power * (power + 1))
        odd = -odd * angle * angle / ((power + 1) * (power + 2))
        cosine, sine = cosine + even, sine + odd
    return cosine, sine


def _colours(hue: Array) -> Array:
    """Red, green and blue of a hue in degrees from 0 to 240, softened towards white by a fifth."""
    sixth = hue / 60
    pure = [np.abs(sixth - 3) - 1, 2 - np.abs(sixth - 2), 2 - np.abs(sixth - 4)]
    colours: Array = 0.2 + 0.8 * np.clip(np.stack(pure, axis=1), 0, 1)
    return colours


def _ends(factor: Factor) -> tuple[float, float]:
    return (0.0, float(len(factor.values))) if factor.values else (factor.low, factor.high)
