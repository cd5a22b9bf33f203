"""NumPy files with headers that lie, and with numbers that are no pictures."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import numpy as np

from tests.hostile.cases import Case
from tests.uploads.made_files import packed, saved

NOT_NUMPY, NOT_PLAIN = "is not a NumPy file of numbers", "does not hold plain numbers"
SIZE, SHAPE = "is cut short or longer", "has the shape"


def header(text: str, version: int = 1, data: bytes = b"") -> bytes:
    """A NumPy file with this header, and these bytes after it."""
    raw = text.encode()
    return (
        b"\x93NUMPY"
        + bytes([version, 0])
        + struct.pack("<H" if version == 1 else "<I", len(raw))
        + raw
        + data
    )


def said(shape: object, descr: str = "|u1", order: str = "False") -> str:
    """The header of an array of this shape."""
    return f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


def cases() -> Iterator[Case]:
    """All of them."""
    pictures = np.arange(10 * 81, dtype=np.uint8).reshape(10, 9, 9)
    whole = saved(pictures)
    made: dict[str, tuple[Callable[[], bytes], str]] = {
        "no rows in each": (lambda: saved(np.zeros((10, 0, 28), np.uint8)), SHAPE),
        "no pictures": (lambda: saved(np.zeros((0, 28, 28), np.uint8)), SHAPE),
        "no columns": (lambda: saved(np.zeros((10, 28, 0), np.uint8)), SHAPE),
        "no colours": (lambda: saved(np.zeros((10, 28, 28, 0), np.uint8)), SHAPE),
        "nothing": (lambda: saved(np.zeros(0)), SHAPE),
        "one number": (lambda: saved(np.array(3.0)), SHAPE),
        "a row": (lambda: saved(np.arange(7)), SHAPE),
        "six axes": (lambda: saved(np.zeros((2, 2, 2, 2, 2, 2))), SHAPE),
        "its magic alone": (lambda: b"\x93NUMPY", NOT_NUMPY),
        "version 9": (lambda: whole[:6] + b"\x09\0" + whole[8:], NOT_NUMPY),
        "no header": (lambda: header(""), NOT_NUMPY),
        "a header that is a list": (lambda: header("[1, 2]"), NOT_NUMPY),
        "a header that calls": (lambda: header("__import__('os').system('id')"), NOT_NUMPY),
        "a header of brackets": (lambda: header("(" * 9_000), NOT_NUMPY),
        "a header of minus signs": (lambda: header("-" * 9_000 + "1"), NOT_NUMPY),
        "a header of 1 MB": (lambda: header(" " * 2**20, 2), NOT_NUMPY),
        "a header longer than the file": (lambda: whole[:8] + b"\xff\xff" + whole[10:], NOT_NUMPY),
        "a header of 4 GB": (lambda: b"\x93NUMPY\2\0\xff\xff\xff\xff{", NOT_NUMPY),
        "a negative side": (lambda: header(said((-1, 28, 28)), data=bytes(784)), SIZE),
        "two negative sides": (lambda: header(said((-1, -28, 28)), data=bytes(784)), SIZE),
        "a side that is true": (lambda: header(said("(True, 28, 28)"), data=bytes(784)), ""),
        "a side of a point": (lambda: header(said("(1.0, 28, 28)"), data=bytes(784)), NOT_NUMPY),
        "a side of 60 bits": (lambda: header(said((2**60, 28, 28)), data=bytes(784)), SIZE),
        "a side of 400 bits": (lambda: header(said((2**400, 28, 28)), data=bytes(784)), SIZE),
        "a thousand axes": (lambda: header(said((1,) * 1_000), data=bytes(1)), SHAPE),
        "objects": (lambda: header(said((10, 9, 9), "|O"), data=bytes(6480)), NOT_PLAIN),
        "fields": (lambda: header(said((10, 9, 9), "[('a', '|u1')]").replace('"', ""),
                                  data=bytes(810)), NOT_PLAIN),
        "no type": (lambda: header(said((10, 9, 9), "quark"), data=bytes(810)), NOT_NUMPY),
        "a type of no bytes": (lambda: header(said((10, 9, 9), "|S0")), "has the shape"),
        "dates": (lambda: saved(np.zeros((10, 9, 9), "M8[s]")), NOT_PLAIN),
        "complex numbers": (lambda: saved(np.zeros((10, 9, 9), complex)), NOT_PLAIN),
        "words": (lambda: saved(np.full((10, 9, 9), "cat")), SHAPE),
        "raw bytes": (lambda: saved(np.zeros((10, 9, 9), "V4")), NOT_PLAIN),
        "cut short": (lambda: whole[:-5], SIZE),
        "too long": (lambda: whole + b"12345", SIZE),
        "NaN alone": (lambda: saved(np.full((10, 9, 9), np.nan)), "NaN or infinity"),
        "infinity": (lambda: saved(np.full((10, 9, 9), np.inf)), "NaN or infinity"),
        "numbers of 300 digits": (lambda: saved(np.full((10, 9, 9), 1e300)), ""),
        "numbers too small to tell": (lambda: saved(np.full((10, 9, 9), 5e-324)), ""),
        "the other order of bytes": (lambda: saved(pictures.astype(">u2")), ""),
        "halves": (lambda: saved(pictures.astype(np.float16) / 255), ""),
        "a picture of 64 million pixels": (
            lambda: header(said((8_000, 8_000)), data=bytes(64_000_000)), "Make it smaller"),
        "a picture of 64 million pixels in colour": (
            lambda: header(said((8_000, 8_000, 3), ">f8"), data=bytes(2)), SIZE),
        "slivers": (lambda: saved(np.zeros((10, 2, 900), np.uint8)), "at most 20 times"),
        "a sliver of rows": (lambda: saved(np.zeros((3, 11), np.uint8)), SHAPE),
        "in columns": (lambda: saved(np.asfortranarray(pictures)), ""),
    }  # fmt: skip
    for name, (make, sentence) in made.items():
        yield Case(f"{name}.npy", make, sentence)
    together: dict[str, tuple[Callable[[], bytes], str]] = {
        "labels of another number": (lambda: packed(images=pictures, labels=np.arange(7)), ""),
        "labels that are NaN": (lambda: packed(images=pictures, labels=np.full(10, np.nan)), SHAPE),
        "labels of 10^300": (lambda: packed(images=pictures, labels=np.full(10, 1e300)), SHAPE),
        "labels as long as books": (
            lambda: packed(images=pictures, labels=np.full(10, "x" * 9_000)), ""),
        "labels of no letters": (lambda: packed(images=pictures, labels=np.full(10, "")), ""),
        "an axis of nothing beside them": (
            lambda: packed(images=pictures, more=np.zeros((10, 0))), SHAPE),
    }  # fmt: skip
    for name, (make, sentence) in together.items():
        yield Case(f"{name}.npz", make, sentence)
