"""Pictures in NumPy's files: `.npy`, and the arrays in an `.npz`, one picture at a time.

The header is checked against the size of the file before any number is read, and no object is ever
unpickled. White is the first of 1, 16, 255 and 65,535 that the first pictures do not exceed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ae_core.errors import UserError
from ae_core.images.reading import quoted
from ae_core.texts import _
from ae_core.wording import megabytes

MAGIC = b"\x93NUMPY"
MAX_LABEL_BYTES = 64 * 2**20
LOOKED_AT = 256
"""Pictures from which the scale of all is inferred."""

LOOKED_AT_BYTES = 16 * 2**20
MAX_BYTES = 64 * 2**20
"""Size limit of one picture, in its own number format."""

LEAST_SIDE = 5

WHITES = (1, 16, 255, 65_535)

LABEL_WORDS = re.compile(r"(?<![a-z])(labels?|targets?|classes|class|y)(?![a-z])")
IMAGE_WORDS = re.compile(r"(?<![a-z])(images?|data|pixels|x)(?![a-z])")


@dataclass(frozen=True)
class Header:
    """The header of a NumPy file."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def holds_images(self) -> bool:
        """Whether each of the first axis is a picture, by the shape alone."""
        return self.image_shape is not None

    @property
    def holds_labels(self) -> bool:
        """Whether there is one word or whole number for each of the first axis."""
        return self.dtype.kind in "biuSU" and math.prod(self.shape[1:]) == 1

    @property
    def image_shape(self) -> tuple[int, ...] | None:
        """Height, width and, with colour, 3 of each picture; None where it is not a picture."""
        _, *inner = self.shape or (0,)
        match inner:
            case [_, _] | [_, _, 1 | 3 | 4] | [1 | 3 | 4, _, _]:
                return tuple(inner)
            case [count] if count > 1:
                return shape_of_row(count)
        return None


def shape_of_row(count: int) -> tuple[int, ...] | None:
    """The shape of a square picture written as a row of numbers: grey, or a plane for each colour.

    None where no square of at least 5 x 5 has so many.
    """
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side >= LEAST_SIDE and channels * side * side == count:
            return (side, side) if channels == 1 else (channels, side, side)
    return None


def read_header(file: BufferedIOBase, name: str, size: int) -> Header:
    """The header at the beginning of a file of `size` bytes; the numbers come right after it.

    Raises:
        UserError: it is damaged, holds objects, or does not fit the file's size.
    """
    label = quoted(name)
    try:
        version = np.lib.format.read_magic(file)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, in_columns, dtype = read(file)
    except Exception as error:
        raise UserError(
            _("{file} is not a NumPy file of numbers. Save it with np.save.", file=label)
        ) from error
    if dtype.hasobject or dtype.kind not in "biufSU":
        raise UserError(
            _("{file} does not hold plain numbers. Convert it to uint8 and save again.", file=label)
        )
    if in_columns and len(shape) > 1:
        raise UserError(
            _("{file} is stored by columns. Save np.ascontiguousarray of it.", file=label)
        )
    if any(side < 0 for side in shape) or file.tell() + math.prod(shape) * dtype.itemsize != size:
        raise UserError(
            _("{file} is cut short or longer than it says. Save or download it again.", file=label)
        )
    return Header(shape, dtype)


def read_images(
    file: BufferedIOBase, header: Header, name: str
) -> Iterator[NDArray[np.uint8] | str]:
    """Each picture behind a header, (h, w) or (h, w, 3), or why it cannot be read.

    Raises:
        UserError: there are no pictures in such an array.
    """
    shape = header.image_shape
    if shape is None or header.dtype.kind not in "biuf":
        raise UserError(
            _(
                "{file} has the shape {shape}, and pictures come as (n, h, w), (n, h, w, 3),"
                " (n, 3, h, w), or as rows of a square's pixels.",
                file=quoted(name),
                shape=header.shape,
            )
        )
    size = math.prod(shape) * header.dtype.itemsize
    if size > MAX_BYTES:
        raise UserError(
            _(
                "{file} holds pictures of {size} each: too large.",
                file=quoted(name),
                size=megabytes(size),
            )
        )
    count = min(LOOKED_AT, header.shape[0], max(1, LOOKED_AT_BYTES // size))
    first = [_numbers(file, size, header) for __ in range(count)]
    white = white_of(max((float(each.max()) for each in first), default=1))
    if len(header.shape) == 2:
        shape = smoother(shape, first)
    for index in range(header.shape[0]):
        each = first[index] if index < count else _numbers(file, size, header)
        yield to_bytes(each.reshape(shape), white)


def read_labels(file: BufferedIOBase, header: Header, name: str) -> list[str]:
    """The words or numbers behind a header, one for each picture.

    Raises:
        UserError: there are too many of them.
    """
    size = header.shape[0] * header.dtype.itemsize
    if size > MAX_LABEL_BYTES:
        raise UserError(
            _(
                "{file} has labels of {size}, which is too many.",
                file=quoted(name),
                size=megabytes(size),
            )
        )
    values = np.frombuffer(file.read(size), header.dtype).tolist()
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in values
    ]


def smoother(shape: tuple[int, ...], rows: Sequence[NDArray[Any]]) -> tuple[int, ...]:
    """How rows of colour are laid out: plane by plane as `shape` says, or pixel by pixel.

    Neighbours in a picture are alike, so the smoother of the two is right.
    """
    if len(shape) == 2 or not rows:
        return shape
    channels, height, width = shape
    several = np.stack(rows).astype(np.float32)
    planes = several.reshape(-1, channels, height, width)
    pixels = several.reshape(-1, height, width, channels)
    rough = [float(np.abs(np.diff(each, axis=axis)).mean()) for each, axis in
             ((planes, 3), (pixels, 2))]  # fmt: skip
    return shape if rough[0] <= rough[1] else (height, width, channels)


def white_of(largest: float) -> int:
    """The value of white in pictures whose largest value is `largest`."""
    return next((white for white in WHITES if largest <= white), WHITES[-1])


def to_bytes(numbers: NDArray[Any], white: int) -> NDArray[np.uint8] | str:
    """A picture's numbers as bytes, channels last; or why they cannot be a picture."""
    if numbers.dtype == np.uint8 and white == 255:
        pixels = numbers
    else:
        if not np.isfinite(numbers).all():
            return _("It holds NaN or infinity.")
        if numbers.size and not 0 <= numbers.min() <= numbers.max() <= white:
            return _(
                "Its numbers are not between 0 and {white:,}, as in the first pictures.",
                white=white,
            )
        pixels = np.rint(numbers.astype(np.float32) * (255 / white)).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[-1] not in (1, 3, 4):
        pixels = pixels.transpose(1, 2, 0)
    if pixels.ndim == 3:
        pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels[..., :3]
    return pixels


def pairs(headers: Mapping[str, Header]) -> dict[str, str]:
    """For each array of pictures the array of its labels; "" where it has none.

    `x_train` goes with `y_train`, `test_images` with `test_labels`; else the only one as long.
    """
    labels = [name for name, header in headers.items() if header.holds_labels]
    found = {}
    for name, header in headers.items():
        if not header.holds_images or name in labels:
            continue
        fits = [each for each in labels if headers[each].shape[0] == header.shape[0]]
        same = [each for each in fits if _stem(LABEL_WORDS, each) == _stem(IMAGE_WORDS, name)]
        found[name] = (same or (fits if len(fits) == 1 else [""]))[0]
    return found


def _stem(words: re.Pattern[str], name: str) -> str:
    return words.sub("", name.lower().replace("_", " ").removesuffix(".npy")).strip()


def _numbers(file: BufferedIOBase, size: int, header: Header) -> NDArray[Any]:
    data = file.read(size)
    if len(data) != size:
        raise UserError(_("The array ends too soon."))
    return np.frombuffer(data, header.dtype)
