"""Reads pictures from CSV files: one a row, its pixels as numbers, perhaps with a label."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from itertools import chain, islice
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from ae_core.errors import UserError
from ae_core.images.numpy_files import shape_of_row, smoother, to_bytes, white_of
from ae_core.images.reading import quoted
from ae_core.texts import _, joined, ngettext

LOOKED_AT = 32
"""Rows from which the layout of all is inferred."""

MAX_LINE = 2**18
"""Characters of a row: 128 x 128 pixels in colour."""

LABEL_NAMES = ("label", "labels", "class", "target", "y", "digit")


@dataclass(frozen=True)
class Layout:
    """What the columns hold: `label` is 0 or -1 where there is one."""

    columns: int
    label: int | None
    shape: tuple[int, ...]
    white: int

    def split(self, row: Sequence[str]) -> tuple[Sequence[str], str]:
        """The pixels of a row and its label."""
        if self.label is None:
            return row, ""
        return (row[1:], row[0]) if self.label == 0 else (row[:-1], row[-1])


def read_rows(file: BufferedIOBase, name: str) -> Iterator[tuple[NDArray[np.uint8] | str, str]]:
    """Each picture of a table, (h, w) or (h, w, 3), or why it cannot be read; and its label, or "".

    Raises:
        UserError: it is not a table, or its rows are not the pixels of square images.
    """
    text = io.TextIOWrapper(cast(IO[bytes], file), "utf-8-sig", errors="replace", newline="")
    try:
        lines = iter(lambda: text.readline(MAX_LINE), "")
        start = next(lines, "")
        comma = max(",;\t", key=start.count)
        rows = (row for row in csv.reader(chain([start], lines), delimiter=comma) if row)
        first = list(islice(rows, LOOKED_AT))
        has_names = bool(first) and sum(map(_is_number, first[0])) < len(first[0]) - 1
        names = first.pop(0) if has_names else []
        layout = _layout(first, [each.strip().lower() for each in names], quoted(name))
        for row in chain(first, rows):
            yield _picture(row, layout)
    except csv.Error as error:
        raise UserError(
            _(
                "{file} is damaged or is no table ({reason}).",
                file=quoted(name),
                reason=str(error),
            )
        ) from error
    finally:
        text.detach()


def _layout(rows: list[list[str]], names: list[str], label: str) -> Layout:
    if not rows:
        raise UserError(_("{file} has no rows.", file=label))
    columns = len(rows[0])
    place = _label_place(rows, names)
    shape = shape_of_row(columns - (place is not None))
    if shape is None:
        found = ngettext(
            "{file} has {count:,} column.", "{file} has {count:,} columns.", columns, file=label
        )
        wanted = _(
            "A picture is a row with the pixels of a square, as 784 for 28 x 28 or 3,072 for 32 x"
            " 32 in colour, and perhaps a label first or last."
        )
        raise UserError(joined(found, wanted))
    layout = Layout(columns, place, shape, 255)
    numbers = [_numbers(layout.split(row)[0]) for row in rows if len(row) == columns]
    good = [each for each in numbers if each is not None and np.isfinite(each).all()]
    white = white_of(max((float(each.max()) for each in good), default=255))
    return Layout(columns, place, smoother(shape, good), white)


def _label_place(rows: list[list[str]], names: list[str]) -> int | None:
    """The column of the label: the one so named, with words, or with fewer values than pixels."""
    for place in (0, -1):
        if (names and names[place] in LABEL_NAMES) or not _is_number(rows[0][place]):
            return place
    if shape_of_row(len(rows[0])) is not None:
        return None
    variety = {place: len({row[place] for row in rows if row}) for place in (0, -1)}
    return min(variety, key=lambda place: (variety[place] == 1, variety[place]))


def _picture(row: list[str], layout: Layout) -> tuple[NDArray[np.uint8] | str, str]:
    if len(row) != layout.columns:
        reason = ngettext(
            "It has {count:,} column, and the first row has {first:,}.",
            "It has {count:,} columns, and the first row has {first:,}.",
            len(row),
            first=layout.columns,
        )
        return reason, ""
    pixels, label = layout.split(row)
    numbers = _numbers(pixels)
    if numbers is None:
        return _("It holds something that is not a number."), label
    return to_bytes(numbers.reshape(layout.shape), layout.white), label


def _numbers(row: Sequence[str]) -> NDArray[np.float32] | None:
    try:
        return np.array(row, np.float32)
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
