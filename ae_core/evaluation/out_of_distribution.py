"""Images out of distribution: an upside-down digit, a letter, a shoe, noise, an empty page.

Letter and shoe are drawn here as outlines, large and smooth, and then resized and coloured like
the images that the model was trained on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image, ImageDraw
from torch import Tensor

from ae_core.texts import N_

NAMES = {
    "upside_down": N_("upside down"),
    "letter": N_("a letter"),
    "shoe": N_("a shoe"),
    "noise": N_("noise"),
    "empty_page": N_("an empty page"),
}
"""What the images are called, in the order in which they are shown."""

Picture = Float[Tensor, "c h w"]

LARGE = 448
"""Side of the drawing before it is resized, so that edges are smooth."""

LETTER = (((0.3, 0.86), (0.5, 0.14), (0.7, 0.86)), ((0.37, 0.6), (0.63, 0.6)))
"""Strokes of an A, in shares of the side, x to the right and y down."""

STROKE = 0.1

SHOE = (
    (0.12, 0.34), (0.3, 0.3), (0.42, 0.42), (0.56, 0.52), (0.78, 0.56), (0.88, 0.64), (0.9, 0.74),
    (0.88, 0.78), (0.12, 0.78),
)  # fmt: skip
LACES = (((0.36, 0.46), (0.44, 0.38)), ((0.45, 0.53), (0.53, 0.45)))


def examples(example: Picture) -> dict[str, Picture]:
    """The images of `NAMES`, in [0, 1], each in the shape of `example`, an image of the set.

    Letter and shoe are light on dark, or dark on light, as the example is.
    """
    light = bool(torch.cat([example[:, 0], example[:, -1]]).mean() > 0.5)
    noise = torch.rand(example.shape, generator=torch.Generator().manual_seed(0))
    drawn = {"letter": letter(), "shoe": shoe()}
    resized = {name: _resized(ink, example.shape, light) for name, ink in drawn.items()}
    empty = torch.full(example.shape, float(light))
    return {
        "upside_down": example.flip(1, 2),
        **resized,
        "noise": noise,
        "empty_page": empty,
    }


def letter() -> Image.Image:
    """An A, white on black."""
    paper, pen = _paper()
    for stroke in LETTER:
        points = _scaled(stroke)
        pen.line(points, fill=255, width=round(STROKE * LARGE), joint="curve")
        for x, y in points:
            reach = STROKE * LARGE / 2
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    return paper


def shoe() -> Image.Image:
    """A shoe from the side, white on black, its sole and laces in grey."""
    paper, pen = _paper()
    pen.polygon(_scaled(SHOE), fill=215)
    pen.rectangle((*_scaled(((0.12, 0.72),))[0], *_scaled(((0.9, 0.78),))[0]), fill=255)
    for lace in LACES:
        pen.line(_scaled(lace), fill=90, width=round(0.03 * LARGE))
    return paper


def _paper() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    paper = Image.new("L", (LARGE, LARGE), 0)
    return paper, ImageDraw.Draw(paper)


def _scaled(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x * LARGE, y * LARGE) for x, y in points]


def _resized(ink: Image.Image, shape: Sequence[int], light: bool) -> Picture:
    """A white on black drawing in the shape and the colours of the set, (c, h, w)."""
    channels, height, width = shape
    small = ink.resize((width, height), Image.Resampling.LANCZOS)
    grey = torch.from_numpy(np.asarray(small, dtype=np.float32)) / 255
    return (1 - grey if light else grey).expand(channels, height, width).clone()
