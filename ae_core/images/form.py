"""The format of an image set: how large, grey or colour, cropped or padded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray
from PIL import Image, ImageChops

from ae_core.errors import UserError
from ae_core.options import Options, option
from ae_core.texts import _

SIZES = (28, 32, 64)

LIGHT = 128
"""Of 255: a lighter background counts as light."""

COLOURFUL = 6
"""Of 255, between a pixel's strongest and weakest colour, on average: below it is grey."""


@dataclass(frozen=True)
class Form(Options):
    """The format of every image of a set."""

    size: int = option(28, "Height and width in pixels: 28, 32 or 64", low=28, high=64)
    colour: bool = option(False, "Keep the colours")
    fit: Literal["crop", "pad"] = option("crop", "Crop to a square, or pad to one")
    invert: bool = option(False, "Swap light and dark")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size not in SIZES:
            sizes = ", ".join(map(str, SIZES))
            raise UserError(_("Images can be {sizes} pixels large.", sizes=sizes))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        return 3 if self.colour else 1, self.size, self.size


def formed(picture: Image.Image, form: Form) -> UInt8[np.ndarray, "c h w"]:
    """A picture, mode "L" or "RGB", in this format: cropped around the middle, or padded.

    Padding has the colour of the picture's own edge, so that no frame appears.
    """
    steps = stages(picture, form.image_shape, fit=form.fit, invert=form.invert)
    pixels = np.asarray(steps["inverted"])
    return np.ascontiguousarray(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1))


def stages(
    picture: Image.Image, image_shape: tuple[int, int, int], *, fit: str, invert: bool
) -> dict[str, Image.Image]:
    """The picture after each step to square images of this shape: (channels, height, width).

    In order: "coloured", "square", "resized" and "inverted", which is as the one before where
    nothing is to be inverted.
    """
    channels, height, width = image_shape
    coloured = picture.convert("RGB" if channels == 3 else "L")
    square = _padded(coloured) if fit == "pad" else coloured
    side = min(square.size)
    left, top = (square.width - side) // 2, (square.height - side) // 2
    square = square.crop((left, top, left + side, top + side))
    resized = square.resize((width, height), Image.Resampling.BICUBIC)
    inverted = ImageChops.invert(resized) if invert else resized
    return {"coloured": coloured, "square": square, "resized": resized, "inverted": inverted}


def is_inverted(picture: Image.Image) -> bool:
    """Whether a picture looks like dark ink on light paper: its edge is light, and lighter than it.

    Models see such pictures better the other way round: most of the paper is then zero.
    """
    grey = np.asarray(picture.convert("L"))
    edge = float(np.median(_edge(grey)))
    return edge >= LIGHT and edge > float(grey.mean())


def is_colourful(picture: Image.Image) -> bool:
    """Whether a picture is in colour."""
    if picture.mode == "L":
        return False
    pixels = np.asarray(picture).astype(np.int16)
    return float(np.ptp(pixels, axis=2).mean()) > COLOURFUL


def _padded(picture: Image.Image) -> Image.Image:
    pixels = np.asarray(picture)
    colour = np.median(_edge(pixels), axis=0).astype(int)
    side = max(picture.size)
    paper = Image.new(
        picture.mode, (side, side), tuple(colour.tolist()) if colour.ndim else int(colour)
    )
    paper.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return paper


def _edge(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels along the edge, (n,) or (n, 3)."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
