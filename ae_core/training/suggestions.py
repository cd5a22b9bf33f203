"""Which network suits some images: a family, the size of its code, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ae_core.models import ImageShape
from ae_core.texts import _, joined, ngettext

FEW = 200
"""Training images below which a network soon knows all of them by heart."""

VERY_FEW, MANY = 60, 1000
"""Training images below which the code is as short as it gets, and from which it is long."""

FEW_STEPS, SMALL_BATCH = 5000, 32
"""Below so many images convolutions learn more from many small steps than from few large ones: of
2,000 in a minute, less than half of the error with batches of 32 that they have with 128
(`benchmarks/own.py`)."""

LARGE_SIDE = 48
"""Pixels of a side from which dense layers have more weights than there is to learn."""


@dataclass(frozen=True)
class Suggestion:
    """A network by its preset, the size of its code, seconds of training on a CPU, and why.

    `recipe` are options of the recipe that are to differ from the preset's.
    """

    preset: str
    latent_dim: int
    seconds: int
    why: str
    recipe: Mapping[str, int]


def suggested(count: int, image_shape: ImageShape) -> Suggestion:
    """What to train on so many training images of this shape."""
    channels, height, width = image_shape
    halves_twice = height % 4 == 0 and width % 4 == 0
    if halves_twice and (channels == 3 or max(height, width) >= LARGE_SIDE):
        preset, seconds = "residual-32", 40
        why = _(
            "Images in colour or of many pixels suit a residual network: its convolutions look for"
            " the same shapes and edges everywhere, with few weights. They take their time."
        )
    elif count < FEW:
        preset, seconds = "wide-32", 10
        why = _("Few small images suit a small dense network, which learns them in seconds.")
    else:
        preset, seconds = "ae-16", 10
        why = _("Small images suit a deep dense network, which learns them in seconds.")
    numbers = 8 if count < VERY_FEW else 16 if count < MANY else 32
    size = ngettext(
        "A code of {numbers} numbers fits {count:,} training image: what is longer has room to"
        " learn each by heart.",
        "A code of {numbers} numbers fits {count:,} training images: what is longer has room to"
        " learn each by heart.",
        count, numbers=numbers,
    )  # fmt: skip
    small = preset == "residual-32" and count < FEW_STEPS
    recipe = {"batch_size": SMALL_BATCH} if small else {}
    return Suggestion(preset, numbers, seconds, joined(why, size), recipe)


def augmentation(count: int, image_shape: ImageShape) -> dict[str, int]:
    """How far so few training images are moved at random, as an option of a recipe."""
    return {"shift": max(1, max(image_shape[1:]) // 14)} if count < FEW else {}
