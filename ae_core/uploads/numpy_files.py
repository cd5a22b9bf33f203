"""Reads NumPy's files: the header first, then the numbers of some entries at a time.

The header is checked against the size of the file before any number is read, and no object is ever
unpickled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
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

BLOCK_BYTES = 2**20
MAX_ENTRY_BYTES = 64 * 2**20
"""Size limit of one entry of the first axis, in its own type."""

MAX_WHOLE_BYTES = 256 * 2**20
"""Size limit of an array whose pictures are not the first axis: all of it is read at once."""


@dataclass(frozen=True)
class Header:
    """The header of a NumPy file."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    in_columns: bool = False
    file_size: int = 0

    @property
    def entry_bytes(self) -> int:
        """The size of one entry of the first axis."""
        return math.prod(self.shape[1:]) * self.dtype.itemsize

    @property
    def bytes(self) -> int:
        """The size of all numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


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
    if any(side < 0 for side in shape) or file.tell() + math.prod(shape) * dtype.itemsize != size:
        raise UserError(
            _("{file} is cut short or longer than it says. Save or download it again.", file=label)
        )
    return Header(shape, dtype, in_columns and len(shape) > 1, size)


def blocks(file: BufferedIOBase, header: Header, name: str) -> Iterator[NDArray[Any]]:
    """The array in parts along its first axis, (k, ...), of about a megabyte each.

    Raises:
        UserError: one entry is too large, or the file ends too soon.
    """
    if header.in_columns:
        whole = read_whole(file, header, name)
        step = max(1, BLOCK_BYTES // max(1, header.entry_bytes))
        yield from (whole[start : start + step] for start in range(0, len(whole), step))
        return
    if header.entry_bytes > MAX_ENTRY_BYTES:
        raise _too_large(name, header.entry_bytes)
    step = max(1, BLOCK_BYTES // max(1, header.entry_bytes))
    for start in range(0, header.shape[0], step):
        yield _numbers(file, header, (min(step, header.shape[0] - start), *header.shape[1:]))


def read_whole(file: BufferedIOBase, header: Header, name: str) -> NDArray[Any]:
    """The whole array.

    Raises:
        UserError: it is too large, or the file ends too soon.
    """
    if header.bytes > MAX_WHOLE_BYTES:
        raise _too_large(name, header.bytes)
    if header.in_columns:
        return _numbers(file, header, header.shape[::-1]).transpose()
    return _numbers(file, header, header.shape)


def _numbers(file: BufferedIOBase, header: Header, shape: tuple[int, ...]) -> NDArray[Any]:
    size = math.prod(shape) * header.dtype.itemsize
    data = file.read(size)
    if len(data) != size:
        raise UserError(_("The array ends too soon."))
    return np.frombuffer(data, header.dtype).reshape(shape)


def _too_large(name: str, size: int) -> UserError:
    return UserError(
        _(
            "{file} holds {size} at once: too large. Save it as (n, h, w), in parts if need be.",
            file=quoted(name), size=megabytes(size),
        )
    )  # fmt: skip
