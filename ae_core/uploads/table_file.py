"""A table of pictures in an upload: looked at once, whole, then read as was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from ae_core.errors import UserError
from ae_core.images.reading import quoted
from ae_core.texts import _, joined, ngettext
from ae_core.uploads import columns, picture_shapes, tables
from ae_core.uploads.archives import EntryName, Opener
from ae_core.uploads.array_file import Found
from ae_core.uploads.columns import Column, Columns
from ae_core.uploads.number_scale import Range, Scale, to_bytes
from ae_core.uploads.picture_shapes import Layout

LOOKED_AT = 32
"""Rows by which the layout of the pixels is found, spread over the whole table."""

TOLD_EVERY = 64


@dataclass
class TableFile:
    """A table with one picture a row; `readings` say what its columns may hold, best first."""

    name: EntryName
    opened: Opener
    size: int
    has_header: bool = False
    width: int = 0
    rows: int = 0
    readings: list[Columns] = field(default_factory=list)
    range: Range = field(default_factory=lambda: Range("float"))
    sample: list[list[str]] = field(default_factory=list)

    def look(self, has_header: bool | None = None) -> Iterator[float]:
        """Read it once, and find out what its columns hold; gives the share that is read.

        Args:
            has_header: whether the first row names the columns; by default that is found out.

        Raises:
            UserError: it is no table, or its rows are not the pixels of pictures.
        """
        with self.opened() as file, tables.rows_of(file, self.name.plain) as rows:
            first = list(islice(rows, LOOKED_AT))
            if not first:
                raise UserError(_("{file} has no rows.", file=quoted(self.name.plain)))
            guess = len(first) > 1 and columns.header_of(first[0], first[1])
            self.has_header = guess if has_header is None else has_header
            self.width = Counter(map(len, first)).most_common(1)[0][0]
            head = first[0] if len(first[0]) == self.width else [""] * self.width
            places, are_named = columns.apart(head, has_header=self.has_header)
            named = [head[place].strip() if self.has_header else "" for place in places]
            others = list(map(Column, places, named))
            if not any(picture_shapes.of_row(self.width - left) for left in range(len(places) + 1)):
                raise self._no_pictures()
            pixels = _spans(self.width, places)
            for row in chain(first[self.has_header :], rows):
                self._note(row, others, pixels)
                if self.rows % TOLD_EVERY == 0:
                    yield min(1.0, file.tell() / max(1, self.size))
        self.readings = columns.plausible(self.width, others, are_named=are_named)
        if not self.readings:
            raise self._no_pictures()
        self._choose_layouts()

    def read(self, chosen: Columns, layout: Layout, scale: Scale) -> Iterator[Found]:
        """Its pictures, one after the other.

        Raises:
            UserError: it is damaged.
        """
        with self.opened() as file, tables.rows_of(file, self.name.plain) as rows:
            for row in islice(rows, int(self.has_header), None):
                share = min(1.0, file.tell() / max(1, self.size))
                yield self._found(row, chosen, layout, scale, share)

    def preview(self, chosen: Columns, layout: Layout, scale: Scale, count: int) -> list[Found]:
        """Some of its pictures, from its beginning to its end."""
        some = self.sample[:: max(1, len(self.sample) // count)][:count]
        return [self._found(row, chosen, layout, scale, 1.0) for row in some]

    def _note(self, row: list[str], others: Sequence[Column], pixels: Sequence[slice]) -> None:
        """Take one row into account; the sample stays spread over all rows."""
        step = 1 << max(0, (self.rows // LOOKED_AT).bit_length() - 1)
        if self.rows % step == 0:
            if len(self.sample) >= 2 * LOOKED_AT:
                self.sample = self.sample[::2]
            self.sample.append(row)
        self.rows += 1
        if len(row) == self.width:
            for each in others:
                each.add(row[each.place])
            numbers = _numbers(row, pixels)
            if numbers is not None and len(numbers):
                self.range.add(numbers[None])

    def _found(
        self, row: list[str], chosen: Columns, layout: Layout, scale: Scale, share: float
    ) -> Found:
        if len(row) != self.width:
            reason = ngettext(
                "It has {count:,} column, and the others have {width:,}.",
                "It has {count:,} columns, and the others have {width:,}.",
                len(row), width=self.width,
            )  # fmt: skip
            return Found(reason, "", share)
        label = row[chosen.label.place] if chosen.label else ""
        numbers = _numbers(row, _spans(self.width, chosen.others))
        if numbers is None:
            return Found(_("It holds something that is not a number."), label, share)
        return Found(to_bytes(layout.images(numbers)[0], scale), label, share)

    def _choose_layouts(self) -> None:
        """The smoothest layout first, in each reading: the pixels are read for it once."""
        found = []
        for each in self.readings:
            if len(each.layouts) > 1:
                spans = _spans(self.width, each.others)
                rows = [_numbers(row, spans) for row in self.sample if len(row) == self.width]
                good = [row for row in rows if row is not None]
                sample = np.stack(good) if good else np.zeros((0, 1), np.float32)
                layouts = picture_shapes.smoothest_first(each.layouts, sample)
                each = Columns(each.label, each.left_out, tuple(layouts))
            found.append(each)
        self.readings = found

    def _no_pictures(self) -> UserError:
        found = ngettext(
            "{file} has {count:,} column.", "{file} has {count:,} columns.", self.width,
            file=quoted(self.name.plain),
        )  # fmt: skip
        wanted = _(
            "A picture is a row with the pixels of a square, as 784 for 28 x 28 or 3,072 for 32 x"
            " 32 in colour, and perhaps a label first or last."
        )
        return UserError(joined(found, wanted))


def _spans(width: int, left_out: Sequence[int]) -> list[slice]:
    """The columns of a row but for some, as slices."""
    ends = [-1, *sorted(left_out), width]
    return [slice(a + 1, b) for a, b in pairwise(ends) if b > a + 1]


def _numbers(row: Sequence[str], pixels: Sequence[slice]) -> NDArray[np.float32] | None:
    """The numbers in these columns; None where one is something else."""
    if max(map(len, row), default=0) > tables.LONGEST_NUMBER and any(
        len(cell) > tables.LONGEST_NUMBER for span in pixels for cell in row[span]
    ):
        return None
    try:
        with np.errstate(over="ignore"):  # what is too large becomes infinity, and is refused
            return np.array([float(cell) for span in pixels for cell in row[span]], np.float32)
    except ValueError:
        return None
