"""Finds what holds pictures in an upload: picture files, arrays and tables, also inside zips.

The content decides what a file is, never its name; the name is a label.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ae_core.errors import UserError
from ae_core.images import formats, reading, sizes
from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import _
from ae_core.uploads import archives, array_labels, code_pages, numpy_files, picture_shapes, tables
from ae_core.uploads.archives import EntryName
from ae_core.uploads.array_file import ArrayFile
from ae_core.uploads.files import File, PictureFile, Upload
from ae_core.uploads.numpy_files import Header
from ae_core.uploads.refusals import reason
from ae_core.uploads.table_file import TableFile

START_BYTES = 2**10
LONGER_START_BYTES = 2**16
"""Of a picture whose header has more than its size in it, as a preview or a profile of colours."""

UNKNOWN_WORK = 10**6
"""Counted for a picture whose header does not say its size: most decoders refuse it."""

NUMBERS_WORK, TEXT_WORK = 1 / 2, 10
"""Of a byte of an array, and of one of a table, which are read twice."""

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


Source = PictureFile | ArrayFile | TableFile


@dataclass
class Sources:
    """What an upload holds, in order.

    `refused` are names and reasons; `left_out` counts what systems add by themselves. `names` are
    the code pages in which the names in zips may be written, the likeliest first. `class_names` are
    the classes that files of arrays or tables seem to be named after, by their plain names. `work`
    is what reading all of it takes, in pixels of a PNG, by the headers.
    """

    sources: list[Source] = field(default_factory=list)
    refused: list[tuple[EntryName, str]] = field(default_factory=list)
    left_out: int = 0
    names: list[str] = field(default_factory=list)
    class_names: dict[str, str] = field(default_factory=dict)
    work: int = 0


def find(uploads: Sequence[Upload], most_work: int) -> Sources:
    """What these files hold; each zip's directory is checked before anything is inflated.

    It ends early where reading them would take more than `most_work`.
    """
    found = Sources()
    arrays: list[File] = []
    for number, upload in enumerate(uploads):
        if found.work > most_work:
            break
        try:
            place = "/".join(archives.parts_of(upload.name)[:-1])
            file = File(EntryName(upload.name), upload.opened, upload.size, place)
            with file.opened() as opened:
                start = opened.read(START_BYTES)
            if start.startswith(ZIP_STARTS):
                _find_in_zip(upload, f"{number}/", found, arrays, most_work)
            else:
                _sort(file, start, found, arrays)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the file is refused
            found.refused.append((EntryName(upload.name), reason(failure, upload.name)))
    _find_arrays(arrays, found)
    together = [each for each in found.sources if isinstance(each, TableFile)]
    _name_classes([each.name.plain for each in together], found)
    raw = [each.name.raw for each in found.sources if each.name.raw]
    found.names = code_pages.plausible(raw)
    return found


def _sort(file: File, start: bytes, found: Sources, arrays: list[File]) -> None:
    """Put a file where it belongs, by how it begins."""
    name = file.name.plain
    if start.startswith(numpy_files.MAGIC):
        arrays.append(file)
        found.work += int(NUMBERS_WORK * file.size)
    elif name.lower().rpartition(".")[2] in tables.ENDINGS and not _is_picture(start):
        found.sources.append(TableFile(file.name, file.opened, file.size))
        found.work += TEXT_WORK * file.size
    elif file.size > MAX_IMAGE_BYTES:
        raise reading.too_many_bytes(reading.quoted(name), file.size, MAX_IMAGE_BYTES)
    else:
        work = _work(file, start)
        found.sources.append(PictureFile(file.name, file.opened, file.size, work))
        found.work += work


def _work(file: File, start: bytes) -> int:
    """What decoding a picture takes, by as little of the file as says it."""
    kind = formats.kind_of(start)
    if kind not in formats.READ:
        return 0
    work = sizes.work_of(start, kind)
    for most in (LONGER_START_BYTES, file.size):
        if work is None and len(start) < file.size:
            with file.opened() as opened:
                start = opened.read(most)
            work = sizes.work_of(start, kind)
    return UNKNOWN_WORK if work is None else work


def _is_picture(start: bytes) -> bool:
    """Whether a file begins as a picture does; a text may begin with the same letters."""
    is_text = start.isascii() and b"\0" not in start
    return formats.kind_of(start) in formats.READ and not is_text


def _find_in_zip(
    upload: Upload, place: str, found: Sources, arrays: list[File], most_work: int
) -> None:
    whole = upload.file
    if isinstance(whole, Path):
        whole = whole.open("rb")
        weakref.finalize(found, whole.close)
    archive = archives.opened(whole, upload.name)
    entries = [info for info in archive.infolist() if not info.filename.endswith("/")]
    meant = [info for info in entries if archives.is_meant(info.filename)]
    found.left_out += len(entries) - len(meant)
    if not meant:
        raise UserError(_("{file} has no pictures in it.", file=reading.quoted(upload.name)))
    before = len(arrays)
    for info in meant:
        if found.work > most_work:
            return
        name = archives.name_of(info)
        try:
            with archives.entry(archive, info) as opened:
                start = opened.read(START_BYTES)
            if start.startswith(ZIP_STARTS):
                label = reading.quoted(name.plain)
                raise UserError(_("{file} is a zip inside the zip. Unpack it first.", file=label))
            file = File(
                name, partial(archives.entry, archive, info), info.file_size,
                place + "/".join(archives.parts_of(info.filename)[:-1]),
            )  # fmt: skip
            _sort(file, start, found, arrays)
        except Exception as failure:  # noqa: BLE001
            found.refused.append((name, reason(failure, name.plain)))
    is_npz = all(info.filename.endswith(".npy") for info in meant)
    if is_npz and len(arrays) - before == len(meant) and not _holds_pictures(arrays[before:]):
        del arrays[before:]
        label = reading.quoted(upload.name)
        raise UserError(_("{file} has no array of pictures in it.", file=label))


def _find_arrays(files: Sequence[File], found: Sources) -> None:
    """Arrays of pictures, each with the labels that lie beside it."""
    for place in dict.fromkeys(file.place for file in files):
        beside = [file for file in files if file.place == place]
        headers: dict[str, Header] = {}
        for file in beside:
            try:
                headers[file.name.plain] = _header(file)
            except Exception as failure:  # noqa: BLE001
                found.refused.append((file.name, reason(failure, file.name.plain)))
        labels = _labels(beside, headers, found)
        pictures = {}
        for file in beside:
            name = file.name.plain
            if name not in headers or name in labels:
                continue
            try:
                pictures[name] = ArrayFile(file.name, file.opened, headers[name])
            except Exception as failure:  # noqa: BLE001
                found.refused.append((file.name, reason(failure, file.name.plain)))
        _give_labels(pictures, labels)
        _name_classes([name for name, each in pictures.items() if not any(each.labels)], found)
        found.sources += pictures.values()


def _header(file: File) -> Header:
    with file.opened() as opened:
        return numpy_files.read_header(opened, file.name.plain, file.size)


def _holds_pictures(files: Sequence[File]) -> bool:
    """Whether one of these arrays may be of pictures, or cannot be read, which is to be said."""
    try:
        return any(picture_shapes.of_array(_header(file).shape) for file in files)
    except UserError:
        return True


def _labels(
    files: Sequence[File], headers: dict[str, Header], found: Sources
) -> dict[str, list[str]]:
    """The arrays that hold classes, where there is another beside them, or no picture fits."""
    read = {}
    for file in files:
        header = headers.get(file.name.plain)
        if header is None or not array_labels.may_be_labels(header):
            continue
        try:
            with file.opened() as opened:
                numpy_files.read_header(opened, file.name.plain, file.size)
                values = numpy_files.read_whole(opened, header, file.name.plain)
            labels = array_labels.labels_in(values)
        except Exception as failure:  # noqa: BLE001
            del headers[file.name.plain]
            found.refused.append((file.name, reason(failure, file.name.plain)))
            continue
        if labels is not None and (len(headers) > 1 or len(header.shape) > 1):
            read[file.name.plain] = labels
    return read


def _give_labels(pictures: dict[str, ArrayFile], labels: dict[str, list[str]]) -> None:
    """To each array of pictures the labels that are as many; they also say which axis counts."""
    lengths = {len(each) for each in labels.values()}
    for each in pictures.values():
        counted = [layout for layout in each.layouts if each.count(layout) in lengths]
        each.layouts = counted or each.layouts
    counts = {name: each.count(each.layouts[0]) for name, each in pictures.items()}
    for name, beside in array_labels.pairs(counts, labels).items():
        pictures[name].labels = {"": []} if not beside[0] else {}  # none of them is likely
        pictures[name].labels |= {
            last_of(each).removesuffix(".npy"): array_labels.named(labels[each], labels)
            for each in beside if each
        }  # fmt: skip


def _name_classes(names: Sequence[str], found: Sources) -> None:
    """Where several files without labels lie together, and are named after what is in them."""
    stems = list(map(last_of, names))
    found.class_names |= {
        name: label for name, label in zip(names, array_labels.classes_by_name(stems), strict=True)
        if label
    }  # fmt: skip


def last_of(path: str) -> str:
    """The last part of a path: the name of the file itself."""
    return "".join(archives.parts_of(path)[-1:])
