"""Makes a decoded picture plain: 8 bits, opaque, grey or RGB, and no larger than is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHORTER_SIDE = 1024
"""Pixels of the shorter side that are kept, at least, where there are as many. A form has at most
64, the search for a digit 400."""

ROWS = 32
"""Of the result, which are made at once: a large picture is never held twice."""

PHOTOMETRIC, WHITE_IS_ZERO = 262, 0

WHITES = (255, 1023, 4095, 16383, 65535)
OVERSHOOT = 1.5
"""Largest value of floats that mean 1 by white."""

WHOLE = 0.75
"""Share of a picture that is opaque in one that has its own paper, as a screenshot with round
corners."""

FEW = 0.01
"""Share of the opaque pixels from which on they count as ink beside paper."""


def flat(picture: Image.Image) -> Image.Image:
    """Any decoded picture in mode "L" or "RGB", with a shorter side of at least 1024 pixels or all.

    Transparent pixels get the shade against which the opaque ones stand out. Grey of more than 8
    bits is scaled by what white is: 65535 in a PNG. A TIFF does not say; there it is the least of
    255, 1023, 4095, 16383 and 65535 that its own brightest pixel does not exceed, 1 for floats up
    to there. So a dim picture of 12 bits is taken for one of 10, when it is all there is to go by.
    """
    factor = max(1, min(picture.size) // SHORTER_SIDE)
    if picture.mode[0] in "IF":
        return _opaque(_of_numbers(picture, factor))
    mode = "L" if picture.mode in ("1", "L", "LA", "La") else "RGB"
    if picture.has_transparency_data:
        mode += "A"
    return _opaque(_reduced(picture, factor, mode, lambda strip: strip.convert(mode)))


def white_of(brightest: float, *, is_float: bool) -> float:
    """What is white in numbers of which the largest is known."""
    if is_float and brightest <= OVERSHOOT:
        return 1.0
    return float(next((white for white in WHITES if brightest <= white), brightest))


def _reduced(
    picture: Image.Image, factor: int, mode: str, converted: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """The mean of each block of `factor` x `factor` pixels, after a conversion strip by strip."""
    width, height = picture.size
    if factor == 1:
        return converted(picture)
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for row in range(0, small.height, ROWS):
        box = (0, row * factor, width, min(height, (row + ROWS) * factor))
        small.paste(converted(picture.crop(box)).reduce(factor), (0, row))
    return small


def _of_numbers(picture: Image.Image, factor: int) -> Image.Image:
    """Grey of 16 bits, of 32, or of floats, in mode "L" or "LA"."""
    is_float = picture.mode == "F"
    brightest = 0.0

    def numbers(strip: Image.Image) -> Image.Image:
        nonlocal brightest
        values = np.asarray(strip).astype(np.float32)
        values = np.nan_to_num(values, posinf=0, neginf=0)
        brightest = max(brightest, float(values.max()))
        return Image.fromarray(values)

    values = np.asarray(_reduced(picture, factor, "F", numbers))
    white = 65535.0
    if picture.format != "PNG":
        white = white_of(brightest, is_float=is_float)
    if getattr(picture, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO:
        values = white - values
    grey = Image.fromarray(np.rint((values / white).clip(0, 1) * 255).astype(np.uint8))
    if "transparency" in picture.info:
        clear = picture.info["transparency"]

        def opacity(strip: Image.Image) -> Image.Image:
            return Image.fromarray(np.where(np.asarray(strip) == clear, 0, 255).astype(np.uint8))

        grey.putalpha(_reduced(picture, factor, "L", opacity))
    return grey


def _opaque(picture: Image.Image) -> Image.Image:
    """The picture on the shade that contrasts with its opaque pixels.

    Light ink is laid on black, dark ink on white, by the mean of the opaque pixels. Where most of a
    picture is opaque and has ink and paper of its own, its paper goes on.
    """
    if not picture.mode.endswith("A"):
        return picture
    mode = picture.mode[:-1]
    opacity = np.asarray(picture.getchannel("A"), np.float32) / 255
    shades = np.asarray(picture.convert("RGBA").convert("L"), np.float32) / 255
    ground = Image.new(
        "RGBA", picture.size, "white" if _lies_on_white(shades, opacity) else "black"
    )
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert(mode)


def _lies_on_white(shades: NDArray[np.floating[Any]], opacity: NDArray[np.floating[Any]]) -> bool:
    """Whether a picture with these shades of grey and opacities, both in [0, 1], goes on white."""
    total = float(opacity.sum())
    if not total:
        return True
    light = float(opacity[shades >= 0.5].sum()) / total
    if total / opacity.size > WHOLE and FEW < light < 1 - FEW:
        return light > 0.5
    return float((shades * opacity).sum()) / total < 0.5
