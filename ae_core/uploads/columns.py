"""Finds out what the columns of a table hold: pixels, a label, a running number.

The whole table is looked at. Columns whose names stand apart from those of the pixels, else the
outer ones, are counted value by value.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from ae_core.uploads.picture_shapes import Layout, of_row
from ae_core.uploads.tables import is_number

LABEL_NAMES = ("label", "labels", "class", "target", "y", "digit", "category")
INDEX_NAMES = ("", "id", "index", "idx", "unnamed: 0", "image_id", "imageid", "row")
PARTS = {"train", "training", "test", "publictest", "privatetest", "val", "valid", "validation"}
"""Values of a column that says which part of a set a row belongs to."""

MOST_VALUES = 1000
"""Different values of a column that are counted: there are no more classes."""

OUTER = 2
"""Columns at either end that may be something else than pixels where no name says so."""


@dataclass
class Column:
    """The values of one column that may be something else than pixels."""

    place: int
    name: str = ""
    values: Counter[str] = field(default_factory=Counter)
    count: int = 0
    is_running: bool = True
    """Whether each value is the one before, and 1."""

    last: float = math.nan

    def add(self, cell: str) -> None:
        """Note the next value."""
        if len(self.values) <= MOST_VALUES or cell in self.values:
            self.values[cell] += 1
        number = float(cell) if is_number(cell) else math.nan
        self.is_running = self.is_running and (not self.count or number == self.last + 1)
        self.last = number
        self.count += 1

    @property
    def is_index(self) -> bool:
        """Whether it numbers the rows, or names each of them."""
        if self.is_running and self.count > 1:
            return True
        is_named = self.name.lower() in INDEX_NAMES
        return len(self.values) == self.count > 1 and (is_named or not self.is_numeric)

    @property
    def is_empty(self) -> bool:
        """Whether no row has anything in it."""
        return set(self.values) <= {""}

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers alone."""
        return all(map(is_number, self.values))

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers alone, none negative."""
        return self.is_numeric and all(
            0 <= float(value) < math.inf and float(value) == int(float(value))
            for value in self.values
        )

    @property
    def label_score(self) -> float:
        """How much it looks like a label: 0 is not at all, 3 or more is said by name or by words.

        Classes are few whole numbers without gaps, each about as often as the others; a corner of
        pictures has gaps, or is nearly always empty.
        """
        if self.name.lower() in LABEL_NAMES:
            return 4.0
        is_part = {value.lower() for value in self.values} <= PARTS
        if self.is_empty or self.is_index or is_part or len(self.values) > MOST_VALUES:
            return 0.0
        if not self.is_numeric:
            return 3.0
        if not self.is_whole:
            return 0.0
        if len(self.values) == 1:
            return 0.1
        numbers = {int(float(value)) for value in self.values}
        share = [count / self.count for count in self.values.values()]
        evenness = -sum(each * math.log(each) for each in share) / math.log(len(share))
        has_gaps = max(numbers) - min(numbers) + 1 - len(numbers) > len(numbers) // 2
        often = min(1.0, self.count / (2 * len(numbers)))
        return often * (evenness + (0.0 if has_gaps else 0.5) + min(len(numbers), 10) / 100)


@dataclass(frozen=True)
class Columns:
    """What the columns of a table hold: that of the label, those left out, the rest are pixels."""

    label: Column | None
    left_out: tuple[Column, ...]
    layouts: tuple[Layout, ...]

    @property
    def others(self) -> list[int]:
        """The places of all that are no pixels."""
        return sorted(each.place for each in (*self.left_out, self.label) if each is not None)


def header_of(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the first row of a table names its columns, in words or by counting them."""
    numbers = [cell for cell in first if is_number(cell)]
    if len(numbers) < len(first) - 2 or (not numbers and len(first) > 1):
        return True
    if len(numbers) < 2:
        return False
    if float(numbers[0]) in (0, 1) and _is_running(numbers) and not _is_running(second):
        return True
    # A table that was read as if it had names writes its first row as such: 0, 0.1, 0.2, 0.3 …
    has_points = sum("." in cell for cell in first) > len(first) // 2
    return has_points and not any("." in cell for cell in second)


def _is_running(cells: Sequence[str]) -> bool:
    """Whether each number is the one before, and 1."""
    return all(is_number(a) and is_number(b) and float(b) - float(a) == 1
               for a, b in pairwise(cells))  # fmt: skip


def apart(first: Sequence[str], *, has_header: bool) -> tuple[list[int], bool]:
    """The places of columns that may be something else than pixels, and whether names say so."""
    if has_header:
        names = [re.sub(r"\d+", "#", cell.strip()) for cell in first]
        usual, count = Counter(names).most_common(1)[0]
        others = [place for place, name in enumerate(names) if name != usual]
        # Columns that are merely counted say nothing of what is in them.
        if count > len(names) // 2 and usual not in ("#", "#.#"):
            return others, True
    ends = [*range(OUTER), *range(len(first) - OUTER, len(first))]
    return sorted({place for place in ends if 0 <= place < len(first)}), False


def plausible(count: int, candidates: Sequence[Column], *, are_named: bool) -> list[Columns]:
    """What so many columns may hold, the likeliest first; none where no picture fits.

    Args:
        candidates: the columns that may be something else than pixels.
        are_named: whether names say that they are none.
    """
    if are_named:
        chosen = [tuple(candidates)] * bool(of_row(count - len(candidates)))
    else:
        empty = [each for each in candidates if each.is_empty]
        ends = [each for each in candidates if not each.is_empty]
        chosen = [(*empty, *some) for some in _from_the_ends(ends, count)]
    found = [each for some in chosen for each in _assigned(count, some)]
    squares = [each for each in found if each.layouts[0].size[0] == each.layouts[0].size[1]]
    return sorted(squares or found, key=_likelihood, reverse=True)


def _from_the_ends(ends: Sequence[Column], count: int) -> list[tuple[Column, ...]]:
    """All choices of outer columns that are no pixels: from either end, without a gap."""
    left = [each for each in ends if each.place < count / 2]
    right = [each for each in ends if each.place >= count / 2]
    return [
        (*left[:a], *right[len(right) - b :])
        for a, b in product(range(len(left) + 1), range(len(right) + 1))
    ]


def _assigned(count: int, others: Sequence[Column]) -> list[Columns]:
    """For columns that are no pixels: each that may be the label in turn, and none of them."""
    layouts = tuple(of_row(count - len(others)))
    if not layouts:
        return []
    found = []
    for label in (*(each for each in others if each.label_score > 0), None):
        rest = tuple(each for each in others if each is not label)
        found.append(Columns(label, rest, layouts))
    return found


def _likelihood(columns: Columns) -> float:
    """How likely: a good label and plain leftovers count, each column left without reason costs."""
    label = columns.label.label_score if columns.label else 0.0
    cost = sum(0.0 if each.is_empty else 0.1 if each.is_index else 0.6 for each in columns.left_out)
    return label - cost
