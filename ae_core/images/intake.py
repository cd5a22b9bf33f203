"""Reads uploads picture by picture: image files, zips, NumPy files and CSV tables.

The content decides what a file is; its name is a label, and the folder it is in is the class.
Every picture is decoded by `reading`; what cannot be read comes with the reason. One picture is
decoded at a time, and none is kept here.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedIOBase
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.errors import UserError
from ae_core.images import archives, formats, numpy_files, reading, tables
from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import _, ngettext
from ae_core.wording import megabytes

ENDINGS = (*formats.ENDINGS, "zip", "npz", "npy", "csv")

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

LONGEST_NAME = 80
LONGEST_LABEL = 40


class Upload(NamedTuple):
    """One file: its name as a person sees it, and its bytes, which can be read from any place."""

    name: str
    file: BufferedIOBase


@dataclass(frozen=True)
class ReadResult:
    """One picture, or the reason why it cannot be read; what was not meant as one has neither.

    `share` is how much of the upload has been read.
    """

    name: str
    label: str = ""
    picture: Image.Image | None = None
    reason: str = ""
    share: float = 0.0


def read(uploads: Sequence[Upload], allowed: Limits | None = None) -> Iterator[ReadResult]:
    """Every picture in the files, in order.

    Args:
        allowed: the limits of whoever sent them; by default those of everybody.

    Raises:
        UserError: together they are larger than a person may upload.
    """
    sizes = [upload.file.seek(0, 2) for upload in uploads]
    allowed = allowed or limits.limits()
    most = allowed.upload_megabytes
    if sum(sizes) > most * 2**20:
        what = _("Your files are {size} together.", size=megabytes(sum(sizes)))
        raise limits.over("upload_megabytes", most, what)
    done, whole = 0, max(1, sum(sizes))
    for upload, size in zip(uploads, sizes, strict=True):
        try:
            for result in _file(upload.name, upload.file, size, allowed):
                yield replace(result, share=(done + result.share * size) / whole)
        except UserError as failure:
            yield ReadResult(_name(upload.name), reason=str(failure), share=(done + size) / whole)
        done += size


def label_of(path: str) -> str:
    """The class of a file: the folder it is in."""
    return tidy_label("".join(archives.parts_of(path)[-2:-1]))


def tidy_label(text: str) -> str:
    """The name of a class on one line, in Unicode's composed form."""
    shown = "".join(each for each in unicodedata.normalize("NFC", text) if each.isprintable())
    # A table may write the class 3 as 3.0.
    return re.sub(r"^(\d+)\.0+$", r"\1", " ".join(shown.split())[:LONGEST_LABEL])


def _file(name: str, file: BufferedIOBase, size: int, allowed: Limits) -> Iterator[ReadResult]:
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(ZIP_STARTS):
        yield from _zip(name, file, allowed)
    elif start.startswith(numpy_files.MAGIC):
        yield from _array(name, file, size, allowed)
    elif name.lower().endswith(".csv"):
        yield from _table(name, file, size)
    else:
        if size > MAX_IMAGE_BYTES:
            raise reading.too_many_bytes(reading.quoted(name), size, MAX_IMAGE_BYTES)
        yield ReadResult(_name(name), label_of(name), reading.read(file.read(), name), share=1.0)


def _zip(name: str, file: BufferedIOBase, allowed: Limits) -> Iterator[ReadResult]:
    with archives.opened(file, name) as archive:
        entries = archive.infolist()
        meant = [info for info in entries if archives.is_meant(info)]
        if not meant:
            raise UserError(_("{file} has no pictures in it.", file=reading.quoted(name)))
        most = allowed.images
        if len(meant) > most:
            what = ngettext(
                "{file} holds {count:,} file.",
                "{file} holds {count:,} files.",
                len(meant),
                file=reading.quoted(name),
            )
            raise limits.over("images", most, what)
        if all(info.filename.endswith(".npy") for info in meant):
            yield from _arrays(name, archive, meant, allowed)
            return
        for number, info in enumerate(entries, 1):
            if info.is_dir():
                continue
            share = number / len(entries)
            if not archives.is_meant(info):
                yield ReadResult(_name(info.filename), share=share)
                continue
            try:
                for result in _entry(archive, info, allowed):
                    yield replace(result, share=share)
            except UserError as failure:
                yield ReadResult(_name(info.filename), reason=str(failure), share=share)


def _entry(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, allowed: Limits
) -> Iterator[ReadResult]:
    """The pictures in one file of a zip; a zip inside the zip is refused."""
    with archives.entry(archive, info) as file:
        start = file.read(8)
    if start.startswith(ZIP_STARTS):
        label = reading.quoted(info.filename)
        raise UserError(_("{file} is a zip inside the zip. Unpack it first.", file=label))
    if start.startswith(numpy_files.MAGIC) or info.filename.lower().endswith(".csv"):
        with archives.entry(archive, info) as file:
            yield from _file(info.filename, file, info.file_size, allowed)
        return
    data = archives.read_entry(archive, info, MAX_IMAGE_BYTES)
    picture = reading.read(data, archives.parts_of(info.filename)[-1])
    yield ReadResult(_name(info.filename), label_of(info.filename), picture)


def _arrays(
    name: str, archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], allowed: Limits
) -> Iterator[ReadResult]:
    """The pictures of an `.npz`, each array of them with its labels."""
    headers = {}
    for info in entries:
        with archives.entry(archive, info) as file:
            headers[info.filename] = numpy_files.read_header(file, info.filename, info.file_size)
    paired = numpy_files.pairs(headers)
    if not paired:
        label = reading.quoted(name)
        raise UserError(_("{file} has no array of pictures in it.", file=label))
    by_name = {info.filename: info for info in entries}
    for number, (array, labels_name) in enumerate(paired.items()):
        labels = []
        if labels_name:
            with archives.entry(archive, by_name[labels_name]) as file:
                header = numpy_files.read_header(file, labels_name, by_name[labels_name].file_size)
                labels = numpy_files.read_labels(file, header, labels_name)
        info = by_name[array]
        with archives.entry(archive, info) as file:
            for result in _array(info.filename, file, info.file_size, allowed, labels):
                yield replace(result, share=(number + result.share) / len(paired))


def _array(
    name: str, file: BufferedIOBase, size: int, allowed: Limits, labels: Sequence[str] = ()
) -> Iterator[ReadResult]:
    header = numpy_files.read_header(file, name, size)
    count, most = header.shape[0] if header.shape else 0, allowed.images
    if count > most:
        what = ngettext(
            "{file} holds {count:,} picture.",
            "{file} holds {count:,} pictures.",
            count,
            file=reading.quoted(name),
        )
        raise limits.over("images", most, what)
    for index, pixels in enumerate(numpy_files.read_images(file, header, name)):
        label = tidy_label(labels[index]) if labels else ""
        yield _of_pixels(f"{name} [{index}]", pixels, label, (index + 1) / count)


def _table(name: str, file: BufferedIOBase, size: int) -> Iterator[ReadResult]:
    for number, (pixels, label) in enumerate(tables.read_rows(file, name), 1):
        share = min(1.0, file.tell() / max(1, size))
        shown = _("{file}, row {number}", file=name, number=number)
        yield _of_pixels(shown, pixels, tidy_label(label), share)


def _of_pixels(name: str, pixels: NDArray[np.uint8] | str, label: str, share: float) -> ReadResult:
    if isinstance(pixels, str):
        return ReadResult(_name(name), reason=pixels, share=share)
    try:
        picture = reading.from_pixels(pixels, name)
    except UserError as failure:
        return ReadResult(_name(name), reason=str(failure), share=share)
    return ReadResult(_name(name), label, picture, share=share)


def _name(path: str) -> str:
    """A name for a list: on one line, only its end where it is long."""
    shown = "".join(each for each in path.replace("\\", "/") if each.isprintable()).strip()
    return shown if len(shown) <= LONGEST_NAME else f"…{shown[1 - LONGEST_NAME :]}"
