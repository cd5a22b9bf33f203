"""How pictures lie in an array or in a row of numbers: their shape, and the order of the axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ae_core.images.decoding import MAX_ASPECT

LEAST_SIDE, LEAST_OF_OTHERS = 5, 12
"""The shortest side of a square in a row of numbers, and of another rectangle."""

MOST_LONGER = 4
"""The longer side over the shorter one, where a row of numbers is no square."""

CHANNELS = (1, 3, 4)

ALIKE, ROUGHER = 1.1, 1.5
"""Times that neighbours differ more than in the best layout: as good as it, and not plausible."""


class Layout(NamedTuple):
    """The order of the axes, and the shape of one picture in that order.

    `axes` holds n for the pictures (none where there is one alone), h and w, and c with colour.
    With `is_row` the axes of a picture are one in the file: each is a row of numbers.
    """

    axes: str
    shape: tuple[int, ...]
    is_row: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        axes = self.axes.replace("n", "")
        return self.shape[axes.index("h")], self.shape[axes.index("w")]

    def count(self, shape: Sequence[int]) -> int:
        """How many pictures an array of this shape holds."""
        if "n" not in self.axes:
            return 1
        return shape[0] if self.axes.startswith("n") else shape[-1]

    def beginning(self, count: int) -> Layout:
        """That of so many entries of the first axis, which are a part of a picture alone."""
        return self if "n" in self.axes else self._replace(shape=(count, *self.shape[1:]))

    def images(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Numbers that lie so, as pictures (n, h, w), or (n, h, w, 3) in colour."""
        axes = self.axes if "n" in self.axes else "n" + self.axes
        if axes.startswith("n"):
            numbers = numbers.reshape(-1, *self.shape)
        found = numbers.transpose([axes.index(each) for each in "nhwc" if each in axes])
        if found.ndim == 4:
            found = found[..., 0] if found.shape[-1] == 1 else found[..., :3]
        return found


def of_row(count: int) -> list[Layout]:
    """The pictures that a row of so many numbers may be: squares, else other rectangles."""
    squares = []
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side >= LEAST_SIDE and channels * side * side == count:
            shapes = {"nhw": (side, side)} if channels == 1 else {
                "nchw": (3, side, side), "nhwc": (side, side, 3),
            }  # fmt: skip
            squares += [Layout(axes, shape, is_row=True) for axes, shape in shapes.items()]
    return squares or [
        Layout("nhw", (height, count // height), is_row=True)
        for height in range(LEAST_OF_OTHERS, count // LEAST_OF_OTHERS + 1)
        if count % height == 0 and _are_sides(height, count // height, MOST_LONGER)
    ]


def of_array(shape: Sequence[int]) -> list[Layout]:
    """What an array of this shape may hold, by its shape alone, the likeliest first."""
    if 0 in shape:
        return []
    match shape:
        case [count, pixels]:
            is_picture = _are_sides(count, pixels) and (
                count == pixels or min(shape) >= LEAST_OF_OTHERS
            )
            alone = [Layout("hw", (count, pixels))] * is_picture
            rows = of_row(pixels)
            return alone + rows if count == pixels else rows + alone
        case [a, b, c]:
            found = [Layout("hwc", (a, b, c))] * (c in CHANNELS and _are_sides(a, b))
            found += [Layout("chw", (a, b, c))] * (1 < a in CHANNELS and _are_sides(b, c))
            if not found or max(b, c) <= MAX_ASPECT * min(b, c):
                found.append(Layout("nhw", (b, c)))
            return found + [Layout("hwn", (a, b))] * (c not in CHANNELS and _are_sides(a, b))
        case [a, b, c, d]:
            found = [Layout("nhwc", (b, c, d))] * (d in CHANNELS)
            found += [Layout("nchw", (b, c, d))] * (b in CHANNELS)
            return found + [Layout("hwcn", (a, b, c))] * (c in CHANNELS and _are_sides(a, b))
    return []


def smoothest_first(layouts: Sequence[Layout], sample: NDArray[Any]) -> list[Layout]:
    """These layouts, the one first in which neighbours are most alike, as in pictures they are.

    Those in which they are much less alike are left out.

    Args:
        sample: the first entries of the array's first axis.
    """
    if len(layouts) < 2 or not len(sample):
        return list(layouts)
    sample = np.nan_to_num(sample.astype(np.float64))
    sample /= max(1.0, float(np.abs(sample).max(initial=0)))  # of which no difference overflows
    rough = {layout: _roughness(layout.beginning(len(sample)).images(sample)) for layout in layouts}
    least = min(rough.values())
    plausible = [each for each in rough if rough[each] <= ROUGHER * least]
    return sorted(plausible, key=lambda layout: max(rough[layout], ALIKE * least))


def _roughness(images: NDArray[Any]) -> float:
    """How much neighbours in a picture differ, down and across together."""
    found = [np.abs(np.diff(images, axis=axis)).mean() for axis in (1, 2) if images.shape[axis] > 1]
    return float(sum(found)) / max(1, len(found))


def _are_sides(height: int, width: int, most_longer: int = MAX_ASPECT) -> bool:
    """Whether these may be the sides of a picture."""
    low, high = sorted((height, width))
    return low >= LEAST_SIDE and high <= most_longer * low
