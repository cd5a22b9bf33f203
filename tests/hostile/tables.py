"""Texts that say they are tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.hostile.cases import Case
from tests.uploads.made_files import table

NO_TABLE, COLUMNS = "is damaged or is no table", "A picture is a row with the pixels"
LONG, NO_ROWS, EMPTY = "has a row of more than", "has no rows", "empty rows"


def rows(count: int = 30, width: int = 25) -> list[list[object]]:
    """A good table."""
    return [[(row * 7 + place) % 256 for place in range(width)] for row in range(count)]


def cases() -> Iterator[Case]:
    """All of them."""
    good = table(rows())
    made: dict[str, tuple[Callable[[], bytes], str]] = {
        "nothing": (lambda: b"", NO_ROWS),
        "a mark of its order of bytes": (lambda: b"\xff\xfe", NO_ROWS),
        "20 MB of newlines": (lambda: b"\n" * 20_000_000, EMPTY),
        "20 MB of newlines and a table": (lambda: b"\n" * 20_000_000 + good, EMPTY),
        "a table and 20 MB of newlines": (lambda: good + b"\n" * 20_000_000, EMPTY),
        "20 MB of commas in rows": (lambda: (b"," * 99 + b"\n") * 200_000, EMPTY),
        "20 MB of spaces": (lambda: b" " * 20_000_000, LONG),
        "20 MB without an end": (lambda: b"1," * 10_000_000, LONG),
        "20 MB in a quotation": (lambda: b'"' + b"1\n" * 10_000_000, NO_TABLE),
        "20 MB of quotation marks": (lambda: b'"' * 20_000_000, LONG),
        "20 MB of letters": (lambda: (b"x" * 99 + b"\n") * 200_000, COLUMNS),
        "10 MB of one column": (lambda: b"1\n" * 5_000_000, COLUMNS),
        "zeros": (lambda: bytes(100_000), COLUMNS),
        "all bytes": (lambda: bytes(range(256)) * 400, COLUMNS),
        "a program": (lambda: b"\x7fELF" + bytes(range(256)) * 40, COLUMNS),
        "prose": (lambda: b"It was the best of times, it was the worst of times.\n" * 99, COLUMNS),
        "formulas": (lambda: table([["=cmd|'/c calc'!A0"] * 25] * 30), COLUMNS),
        "words": (lambda: table([["cat"] * 25] * 30), "not a number"),
        "NaN": (lambda: table([["nan"] * 25] * 30), "NaN or infinity"),
        "infinity": (lambda: table([["1e999"] * 25] * 30), "NaN or infinity"),
        "infinity in a column more": (lambda: table([["1e999", *row] for row in rows()]),
                                         "NaN or infinity"),
        "numbers of 10,000 digits": (lambda: table([["9" * 10_000] * 25] * 3), "not a number"),
        "a header alone": (lambda: table([[f"pixel{n}" for n in range(25)]]), "not a number"),
        "rows of other lengths": (lambda: table([*rows(), [1, 2], [3], list(range(80))]),
                                  "and the others have"),
        "a row too long": (lambda: good + b"1," * 200_000 + b"\n", LONG),
        "a table of a picture of 600 x 600": (lambda: table(rows(2, 360_000)), LONG),
        "sep=": (lambda: b"sep=\n" + good, COLUMNS),
        "sep=x": (lambda: b"sep=x\n" + good, COLUMNS),
        "half of a letter of two bytes": (
            lambda: b"\xff\xfe" + good.decode().encode("utf-16-le")[:-1], "and the others have"),
        "zeros between": (lambda: good.replace(b",", b",\0"), COLUMNS),
        "numbers with underscores": (lambda: good.replace(b"10,", b"1_0,"), ""),
        "Arabic digits": (lambda: good.decode().translate(ARABIC).encode(), ""),
        "lone surrogates": (lambda: b"\xed\xa0\x80," + good, "and the others have"),
        "columns named by mark-up": (
            lambda: table([["<script>alert(1)</script>"] * 25, *rows()]), ""),
        "a label of mark-up": (
            lambda: table([["<img src=x onerror=alert(1)>", *row] for row in rows()]), ""),
        "labels of 100,000 letters": (
            lambda: table([["x" * 100_000, *row] for row in rows(5)]), ""),
        "labels that are all different": (
            lambda: table([[f"k{n * n}", *row] for n, row in enumerate(rows(300))]),
            "not a number"),
    }  # fmt: skip
    for name, (make, sentence) in made.items():
        yield Case(f"{name}.csv", make, sentence)


ARABIC = {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}
