"""Pictures, zips, arrays and tables that are made for the tests, and read."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import numpy as np
from PIL import Image

from ae_core.uploads import intake
from ae_core.uploads.collection import PictureCollection, Survey
from ae_core.uploads.intake import ReadResult, Upload

HOSTILE = "\u202egnp.\x00<img src=x onerror=alert(1)>[a](http://x)" + "y" * 300


def picture(seed: int = 0, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> Image.Image:
    """A smooth picture, another one for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def zipped(files: dict[str, bytes], **options: Any) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return written.getvalue()


def read(*files: tuple[str, bytes]) -> list[ReadResult]:
    return list(intake.read([Upload(name, io.BytesIO(data)) for name, data in files]))


def good(found: list[ReadResult]) -> list[ReadResult]:
    return [each for each in found if each.picture is not None]


def reason(found: list[ReadResult]) -> str:
    """The only thing that was found is a refusal: why."""
    assert [each.picture for each in found] == [None]
    assert found[0].reason.isprintable()
    assert len(found[0].reason) < 300
    return found[0].reason


def saved(array: np.ndarray, **options: Any) -> bytes:
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False, **options)
    return written.getvalue()


def packed(**named: np.ndarray) -> bytes:
    written = io.BytesIO()
    np.savez_compressed(written, allow_pickle=False, **named)
    return written.getvalue()


def table(rows: list[list[Any]], delimiter: str = ",") -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue().encode()


def collection_of(found: list[ReadResult]) -> PictureCollection:
    collection = PictureCollection()
    for each in found:
        collection.add(each)
    return collection


def surveyed(*pictures: Image.Image | tuple[str, Image.Image]) -> Survey:
    labelled = [each if isinstance(each, tuple) else ("", each) for each in pictures]
    return collection_of([ReadResult("x", label, each) for label, each in labelled]).survey()


def pixels_of(found: ReadResult) -> np.ndarray:
    assert found.picture is not None
    return np.asarray(found.picture)
