"""What is black and what is white in pictures that came as numbers.

The type decides first: uint8 and bool are what they are. For all others the whole set does: one
scale, from the smallest and the largest number of every picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from ae_core.texts import _
from ae_core.wording import Number

WHITES = (255, 1023, 4095, 16_383, 65_535)
"""White in whole numbers of 8, 10, 12, 14 and 16 bits."""

DIGITS_WHITE = 16
"""White in the 8 x 8 digits of scikit-learn, the one set of its kind."""

OVERSHOOT = 0.25
"""How far floats go beyond black and white where they were resized, as a share of the range."""

OUTLIERS = 32
"""One picture of so many may be broken: it does not change the scale of the others."""

DARK, DIM = 1 / 8, 1 / 2
"""Where nothing is lighter than this share of white, bytes, or other numbers, may mean another."""


class Scale(NamedTuple):
    """The numbers that stand for black and for white."""

    black: Number
    white: Number

    def __str__(self) -> str:
        return f"{self.black:g}…{self.white:g}" if self.black else f"{self.white:g}"


@dataclass
class Range:
    """The smallest and the largest number of each picture of a file; NaN where it has one.

    `kind` is "uint8", "bool", "whole" or "float"; floats may all be whole, too.
    """

    kind: str
    is_whole: bool = True
    low: list[Number] = field(default_factory=list)
    high: list[Number] = field(default_factory=list)

    def add(self, pictures: NDArray[Any]) -> None:
        """Note pictures, (n, numbers)."""
        self.low += pictures.min(axis=1).tolist()
        self.high += pictures.max(axis=1).tolist()
        if self.kind == "float" and self.is_whole:
            self.is_whole = bool((pictures == np.rint(pictures)).all())

    def merge(self) -> None:
        """Take all that was noted as one picture."""
        self.low, self.high = [min(self.low)], [max(self.high)]


def kind_of(dtype: np.dtype[Any]) -> str:
    """The kind of numbers of an array: "uint8", "bool", "whole" or "float"."""
    if dtype == np.uint8:
        return "uint8"
    return {"b": "bool", "i": "whole", "u": "whole"}.get(dtype.kind, "float")


def plausible(ranges: Sequence[Range]) -> list[Scale]:
    """The scales that pictures of one kind may have, the likeliest first."""
    kind = ranges[0].kind
    if kind == "bool":
        return [Scale(0, 1)]
    low, high = _usual(ranges)
    if kind == "uint8":
        found: list[Number] = [255]
    elif low < -OVERSHOOT:
        reached = Scale(low, max(high, low + 1))  # of pictures that are one shade, too
        return [_around_zero(kind, reached), reached]
    elif kind == "float" and not all(each.is_whole for each in ranges):
        found = _of_floats(high)
    else:
        found = _of_whole_numbers(high)
    if 0 < high <= found[0] * (DARK if kind == "uint8" else DIM):
        found.append(high)
    return [Scale(0, white) for white in dict.fromkeys(found)]


def to_bytes(numbers: NDArray[Any], scale: Scale) -> UInt8[np.ndarray, ...] | str:
    """A picture's numbers as bytes; or why they cannot be a picture of this scale."""
    black, white = scale
    if numbers.dtype == np.uint8 and (black, white) == (0, 255):
        return numbers
    if not (np.isfinite(numbers).all() and math.isfinite(white - black)):
        return _("It holds NaN or infinity.")
    slack = OVERSHOOT * (white - black) if numbers.dtype.kind == "f" else 0
    if not black - slack <= numbers.min() <= numbers.max() <= white + slack:
        return _(
            "Its numbers are not between {black:,} and {white:,}, as in the others.",
            black=_short(black), white=_short(white),
        )  # fmt: skip
    precise: np.dtype[Any] = np.dtype(np.float64 if numbers.itemsize > 4 else np.float32)
    shares = (numbers.astype(precise) - black) / (white - black)
    return np.rint(255 * np.clip(shares, 0, 1)).astype(np.uint8)


def _usual(ranges: Sequence[Range]) -> tuple[float, float]:
    """The smallest and the largest number, but for those of a few pictures that may be broken."""
    lows, highs = (
        np.sort(values[np.isfinite(values)])
        for values in (
            np.array([value for each in ranges for value in getattr(each, end)])
            for end in ("low", "high")
        )
    )
    if not len(lows) or not len(highs):
        return 0.0, 1.0
    low, high = lows[len(lows) // OUTLIERS], highs[-1 - len(highs) // OUTLIERS]
    return float(low), float(high)


def _around_zero(kind: str, reached: Scale) -> Scale:
    """Signed numbers: floats in [-1, 1], signed bytes, else what they reach."""
    low, high = reached
    if kind == "float" and low >= -1 - OVERSHOOT and high <= 1 + OVERSHOOT:
        return Scale(-1, 1)
    if kind == "whole" and low >= -128 and high <= 127:
        return Scale(-128, 127)
    return reached


def _of_floats(high: float) -> list[Number]:
    if high <= 1 + OVERSHOOT:
        return [1]
    if high <= DIGITS_WHITE:
        return [high, 255]
    if high <= 100 * (1 + OVERSHOOT / 25):
        return [100, 255]
    return _next_white(high)


def _of_whole_numbers(high: float) -> list[Number]:
    if high <= 1:
        return [1, 255]
    if high == DIGITS_WHITE:
        return [DIGITS_WHITE, 255]
    return _next_white(high)


def _next_white(high: float) -> list[Number]:
    return [next((white for white in WHITES if high <= white), high)]


def _short(value: Number) -> Number:
    return int(value) if value == int(value) else value
