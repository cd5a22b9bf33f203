"""Reads tables of numbers as text: comma, semicolon, tab or space, in any encoding and locale."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from itertools import chain, islice
from typing import IO, cast

from ae_core.errors import UserError
from ae_core.images.reading import quoted
from ae_core.texts import _
from ae_core.uploads import code_pages

ENDINGS = ("csv", "tsv", "txt")

LONGEST_NUMBER = 64
"""Characters: a double has 24, and a text of many digits takes ever longer to read."""

MOST_EMPTY_ROWS = 50_000
"""A spreadsheet may add some thousands."""

EMPTY = ' \t\r\n,;|"'
"""What a row without anything in it is made of."""

MAX_LINE = 2**18
"""Characters of a row: 128 x 128 pixels in colour."""

LOOKED_AT = 2**16
"""Bytes by which the encoding is found."""

DELIMITERS = ("\t", ";", "|", ",", " ")
"""In the order in which they are believed: commas and spaces stand in numbers and texts, too."""

LEAST_COLUMNS = 9

LEAST_PIXELS = 25
"""Numbers in one cell that are the pixels of a picture."""

BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    encoding: str
    delimiter: str
    decimal_comma: bool


@contextmanager
def rows_of(file: BufferedIOBase, name: str) -> Iterator[Iterator[list[str]]]:
    """The rows of a table, each a list of cells; empty rows are left out.

    A decimal comma becomes a point. What an encoding cannot say becomes a question mark.

    Raises:
        UserError: it is no table, also while its rows are read.
    """
    encoding = _encoding(file)
    text = io.TextIOWrapper(cast(IO[bytes], file), encoding, errors="replace", newline=None)
    try:
        lines = _lines(text, name)
        start = next((line for line in lines if line.strip(EMPTY)), "")
        said = re.fullmatch(r'"?sep=(.)"?\s*', start)
        if said:
            start = next(lines, "")
        dialect = _dialect(encoding, start, said[1] if said else "")
        yield _unpacked(_cells(chain([start], lines), dialect))
    except (csv.Error, UnicodeError) as error:
        raise UserError(
            _("{file} is damaged or is no table ({reason}).",
              file=quoted(name), reason=str(error))
        ) from error  # fmt: skip
    finally:
        text.detach()


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    if len(cell) > LONGEST_NUMBER:
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    empty = 0
    while line := text.readline(MAX_LINE + 1):
        empty += not line.strip(EMPTY)
        if empty > MOST_EMPTY_ROWS:
            raise UserError(
                _(
                    "{file} has more than {most:,} empty rows. Save it again without them.",
                    file=quoted(name), most=MOST_EMPTY_ROWS,
                )
            )  # fmt: skip
        if len(line) > MAX_LINE:
            raise UserError(
                _(
                    "{file} has a row of more than {most:,} characters. Pictures in a table are at"
                    " most 128 x 128 pixels in colour: send larger ones as files, zipped.",
                    file=quoted(name), most=MAX_LINE,
                )
            )  # fmt: skip
        yield line


def _cells(lines: Iterator[str], dialect: Dialect) -> Iterator[list[str]]:
    delimiter, is_spaced = dialect.delimiter, dialect.delimiter == " "
    for row in csv.reader(
        map(str.strip, lines) if is_spaced else lines, delimiter=delimiter,
        skipinitialspace=is_spaced,
    ):  # fmt: skip
        if dialect.decimal_comma:
            row = [_with_point(cell) if "," in cell else cell for cell in row]
        if any(row):
            yield row


def _with_point(cell: str) -> str:
    pointed = cell.replace(",", ".")
    return pointed if is_number(pointed) else cell


def _unpacked(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows in which one cell held all pixels, with spaces between, with a cell for each of them."""
    first = list(islice(rows, 2))
    pixels = [place for place, cell in enumerate(first[-1]) if len(cell.split()) >= LEAST_PIXELS
              and all(map(is_number, cell.split()[:LEAST_PIXELS]))] if first else []  # fmt: skip
    if len(pixels) != 1:
        yield from chain(first, rows)
        return
    place, count = pixels[0], len(first[-1][pixels[0]].split())
    for row in chain(first, rows):
        packed = row[place].split() if place < len(row) else []
        if row is first[0] and len(packed) < LEAST_PIXELS:  # the name of the column
            packed = [f"{row[place]}{number}" for number in range(count)]
        yield [*row[:place], *packed, *row[place + 1 :]]


def _encoding(file: BufferedIOBase) -> str:
    """By its mark, by the zeros of UTF-16, by being UTF-8, else by its words."""
    start = file.read(LOOKED_AT)
    file.seek(0)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return encoding
    zeros = start.count(0)
    if zeros > len(start) // 4:
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    cut = start[: start.rfind(b"\n") + 1] or start
    words = re.split(rb"[\s,;|\"]+", cut)
    return code_pages.plausible([word for word in words if not word.isascii()])[0]


def _dialect(encoding: str, start: str, said: str) -> Dialect:
    counts = {each: start.count(each) for each in DELIMITERS}
    enough = [each for each in DELIMITERS if counts[each] >= LEAST_COLUMNS - 1]
    delimiter = said or (enough or sorted(DELIMITERS, key=lambda each: -counts[each]))[0]
    return Dialect(encoding, delimiter, decimal_comma=delimiter != ",")
