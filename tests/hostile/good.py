"""Good files of all kinds: whatever is done against hostile ones, these are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from ae_core.images import formats
from tests.hostile.cases import Case
from tests.images.made_pictures import encoded, scene
from tests.uploads.made_files import packed, picture, saved, table, zipped

PIXELS = np.stack([np.asarray(picture(n, (12, 10), "L")) for n in range(20)])
LABELS = np.arange(20) % 3


def cases() -> Iterator[Case]:
    """All of them."""
    for kind in formats.READ:
        yield Case(f"plain.{kind}", partial(encoded, scene(), kind))
        yield Case(f"grey.{kind}", partial(encoded, scene().convert("L"), kind))
    for name, (mode, kind, options) in MADE.items():
        yield Case(f"{name}.{kind}", partial(_made, mode, kind, options))
    for name, make in FILES.items():
        yield Case(name, make)


MADE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "in scans": ("RGB", "JPEG", {"progressive": True}),
    "for print": ("CMYK", "JPEG", {}),
    "transparent": ("RGBA", "PNG", {}),
    "with a palette": ("P", "PNG", {}),
    "black and white": ("1", "PNG", {}),
    "of 16 bits": ("I;16", "PNG", {}),
    "without loss": ("RGB", "WEBP", {"lossless": True}),
    "packed": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "as a fax": ("1", "TIFF", {"compression": "group4"}),
    "of floats": ("F", "TIFF", {}),
}


def _made(mode: str, kind: str, options: dict[str, Any]) -> bytes:
    if mode == "I;16":
        shades = np.asarray(scene().convert("L")).astype(np.uint16) * 257
        return encoded(Image.fromarray(shades), kind)
    return encoded(scene().convert(mode), kind, **options)


def _photo() -> bytes:
    coarse = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    large = Image.fromarray(coarse).resize((1_600, 1_200), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(large, "JPEG", exif=exif, quality=90)


def _pictures(kind: str = "PNG") -> dict[str, bytes]:
    return {f"pets/{n % 2}/{n}.{kind}": encoded(picture(n), kind) for n in range(12)}


def _streamed() -> bytes:
    """A zip of which the sizes stand behind the files, as a program writes that cannot go back."""

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.parts.append(bytes(data))
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in _pictures().items():
            archive.writestr(name, data)
    return b"".join(stream.parts)


def _rows(cell: Callable[[int], object] = int) -> list[list[object]]:
    flat = PIXELS[:, :10, :10].reshape(20, -1)
    return [[int(label), *map(cell, row.tolist())] for label, row in zip(LABELS, flat, strict=True)]


HEADER = ["label", *(f"pixel{n}" for n in range(100))]

FILES: dict[str, Callable[[], bytes]] = {
    "photo.jpg": _photo,
    "called otherwise.txt": partial(encoded, scene(), "PNG"),
    "folders.zip": lambda: zipped(_pictures()),
    "deflated.zip": lambda: zipped(_pictures("BMP"), compression=zipfile.ZIP_DEFLATED),
    "streamed.zip": _streamed,
    "with umlauts.zip": lambda: zipped(
        {f"K\u00e4fer/{n}.png": encoded(picture(n)) for n in range(3)}),
    "array.npy": lambda: saved(PIXELS),
    "floats.npy": lambda: saved(PIXELS / 255),
    "in colour.npy": lambda: saved(np.repeat(PIXELS[..., None], 3, axis=3)),
    "one picture.npy": lambda: saved(np.asarray(scene())),
    "one large picture.npy": lambda: saved(np.asarray(scene(1_500, 1_200))),
    "with labels.npz": lambda: packed(images=PIXELS, labels=LABELS),
    "parts.npz": lambda: packed(
        x_train=PIXELS, y_train=LABELS, x_test=PIXELS[:6], y_test=LABELS[:6]),
    "table.csv": lambda: table([HEADER, *_rows()]),
    "without names.csv": lambda: table(_rows()),
    "semicolons.csv": lambda: table(_rows(), ";"),
    "tabs.tsv": lambda: table(_rows(), "\t"),
    "decimal commas.csv": lambda: table(_rows(lambda n: f"{n / 255:.3f}".replace(".", ",")), ";"),
    "of a spreadsheet.csv": lambda: (
        b"\xef\xbb\xbf" + table([HEADER, *_rows()]) + (b"," * 100 + b"\r\n") * 900),
    "utf-16.csv": lambda: table([HEADER, *_rows()]).decode().encode("utf-16"),
    "behind empty rows.csv": lambda: b"\r\n\r\n" + table([HEADER, *_rows()]),
    "notes beside.csv": lambda: table([[*HEADER, "note"], *([*row, "x" * 300] for row in _rows())]),
}  # fmt: skip
