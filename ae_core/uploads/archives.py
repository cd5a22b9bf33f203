"""Untrusted zip archives: validated before anything is decompressed.

Python opens an archive by reading its whole directory into memory and believes every offset in it.
So the directory is measured here first, and refused as a whole when its entries overlap or would
inflate to much more than they weigh. The names inside are labels, and never become paths.
"""

from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BufferedIOBase
from typing import IO, NamedTuple, cast

from ae_core.errors import UserError
from ae_core.images.reading import quoted
from ae_core.texts import Text, _
from ae_core.uploads import code_pages
from ae_core.wording import megabytes

MAX_DIRECTORY_BYTES = 32 * 2**20
MAX_RATIO = 100
"""Decompressed bytes over compressed ones. Pictures hardly compress; arrays reach some 20."""

FREE_BYTES = 16 * 2**20
"""What an archive may decompress to at any ratio."""

MAX_INFLATED_BYTES = 4 * 2**30

LONGEST_NAME = 1000
"""Of an entry, with its folders."""

NOT_MEANT = ("__MACOSX", "Thumbs.db", "desktop.ini")
"""What operating systems add by themselves, as they do files whose name begins with a dot."""

IS_UTF_8 = 1 << 11
UNICODE_PATH = 0x7075

Opener = Callable[[], AbstractContextManager[BufferedIOBase]]
"""Opens a file of an upload at its beginning."""

END = b"PK\x05\x06"
END_SIZE = 22
LONGEST_COMMENT = 2**16
FAR_END = b"PK\x06\x07"
FAR_END_SIZE = 20
ENTRY = b"PK\x01\x02"
ENTRY_SIZE = 46
LOCAL_SIZE = 30


class EntryName(NamedTuple):
    """The name of a file: as it is said in Unicode, else by bytes whose code page nothing names."""

    plain: str
    raw: bytes = b""

    def read(self, page: str) -> str:
        """The name, in this code page where the zip does not say it in Unicode."""
        return code_pages.decoded(self.raw, page) if self.raw else self.plain


def opened(file: BufferedIOBase, name: str) -> zipfile.ZipFile:
    """The opened archive, after its directory has been validated.

    Raises:
        UserError: it is damaged, or a bomb.
    """
    label = quoted(name)
    _check_directory(file, label)
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], file))
    except Exception as error:
        raise UserError(_damaged(label)) from error
    size = file.seek(0, 2)
    _check_overlap(archive, label)
    inflated = sum(info.file_size for info in archive.infolist())
    if inflated > min(MAX_INFLATED_BYTES, max(FREE_BYTES, MAX_RATIO * size)):
        raise UserError(
            _(
                "{file} would unpack to {unpacked} from {packed}, which no zip of pictures does."
                " Pack it again, in parts if it is large.",
                file=label,
                unpacked=megabytes(inflated),
                packed=megabytes(size),
            )
        )
    return archive


def is_meant(name: str) -> bool:
    """Whether somebody put a file of this name there on purpose."""
    parts = parts_of(name)
    hidden = any(part.startswith(".") and part.strip(".") for part in parts)
    return not (hidden or any(part in NOT_MEANT for part in parts))


def name_of(info: zipfile.ZipInfo) -> EntryName:
    """The name of an entry, composed (NFC): from its Unicode path field, else as it is flagged.

    The field is that of Info-ZIP (APPNOTE 4.6.9); it holds only while the name is what it was.
    """
    name = info.orig_filename
    raw = name.encode("utf-8" if info.flag_bits & IS_UTF_8 else "cp437")
    said = _unicode_path(info.extra, raw)
    if not said and not info.flag_bits & IS_UTF_8 and not raw.isascii():
        return EntryName(info.filename, raw)
    return EntryName(unicodedata.normalize("NFC", said or name))


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in an entry's Unicode path field; "" where there is none that holds."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        held, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and len(held) > 5 and held[0] == 1:
            (checksum,) = struct.unpack_from("<L", held, 1)
            if checksum == zlib.crc32(raw):
                return held[5:].decode("utf-8", "replace")
    return ""


def parts_of(name: str) -> tuple[str, ...]:
    """The folders of a name and the name itself, with slashes or backslashes; "/" is the root."""
    plain = name.replace("\\", "/")
    parts = (part for part in plain.split("/") if part not in ("", "."))
    return ("/", *parts) if plain.startswith("/") else tuple(parts)


@contextmanager
def entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[BufferedIOBase]:
    """One entry as a file; its checksum is checked where its end is read.

    Raises:
        UserError: the entry is damaged, or must not be read.
    """
    check_entry(info)
    # What a damaged entry raises is not listed anywhere: zlib.error, EOFError, BadZipFile and more.
    try:
        with archive.open(info) as file:
            yield cast(BufferedIOBase, file)
    except UserError:
        raise
    except Exception as error:
        raise damaged_inside(info.filename) from error


def damaged_inside(name: str) -> UserError:
    """The error for an entry that cannot be unpacked."""
    return UserError(_("{file} is damaged inside the zip. Pack it again.", file=quoted(name)))


def check_entry(info: zipfile.ZipInfo) -> None:
    """Refuse an entry that needs a password, or that nobody should unpack.

    Raises:
        UserError: it is encrypted, a link, packed in a rare way, or its name leads elsewhere, is
            too long, or none.
    """
    label = quoted(info.filename)
    parts = parts_of(info.filename)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UserError(_("{file} is a link and no picture.", file=label))
    if not parts or "\0" in info.orig_filename[:1]:
        raise UserError(_("A file in the zip has no name. Pack it again."))
    if len(info.filename) > LONGEST_NAME:
        raise UserError(
            _("{file} has a name of more than {most:,} characters. Give it a shorter one.",
              file=label, most=LONGEST_NAME)
        )  # fmt: skip
    if ".." in parts or parts[0] == "/" or parts[0].endswith(":"):
        raise UserError(_("{file} has a name that leads out of the zip.", file=label))
    if info.flag_bits & 1:
        raise UserError(_("{file} is encrypted. Pack it without a password.", file=label))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UserError(
            _("{file} is packed in a way that is not read here. Use a plain zip.", file=label)
        )


def _check_directory(file: BufferedIOBase, label: str) -> None:
    """Measure the directory as Python's own reader will find it, and parse it.

    Raises:
        UserError: it is missing, too large, or holds other entries than it says.
    """
    end, count, size = _end_of(file, label)
    if size > MAX_DIRECTORY_BYTES:
        raise UserError(_("{file} lists too many files. Pack fewer of them.", file=label))
    file.seek(end - size)
    directory = file.read(size)
    place = entries = 0
    while place + ENTRY_SIZE <= size and entries <= count:
        if directory[place : place + 4] != ENTRY:
            break
        place += ENTRY_SIZE + sum(struct.unpack_from("<3H", directory, place + 28))
        entries += 1
    if (entries, place) != (count, size):
        raise UserError(_damaged(label))


def _end_of(file: BufferedIOBase, label: str) -> tuple[int, int, int]:
    """Where the end record is, how many entries it declares, and in how many bytes."""
    whole = file.seek(0, 2)
    start = max(0, whole - FAR_END_SIZE - END_SIZE - LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    place = len(tail) - END_SIZE
    if tail[place : place + 4] != END or tail[-2:] != b"\0\0":
        place = tail.rfind(END)
    if place < 0 or len(tail) - place < END_SIZE:
        raise UserError(_damaged(label))
    count, size = struct.unpack_from("<HL", tail, place + 10)
    if tail[max(0, place - FAR_END_SIZE) :].startswith(FAR_END):
        raise UserError(
            _("{file} lists more than {most:,} files. Pack fewer of them.", file=label, most=65_534)
        )
    if size > start + place:
        raise UserError(_damaged(label))
    return start + place, count, size


def _check_overlap(archive: zipfile.ZipFile, label: str) -> None:
    """Check that no two entries share bytes, and that none reaches into the directory.

    Raises:
        UserError: some do.
    """
    entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
    if not entries:
        return
    ends = [info.header_offset for info in entries[1:]] + [archive.start_dir]
    for info, end in zip(entries, ends, strict=True):
        # As bytes in the archive; its own header's extra field may be longer than this, never less.
        least = LOCAL_SIZE + len(info.orig_filename) + info.compress_size
        if info.header_offset < 0 or info.header_offset + least > end:
            raise UserError(
                _(
                    "{file} has entries that lie on top of each other, which no zip program writes."
                    " Pack it again.",
                    file=label,
                )
            )


def _damaged(label: str) -> Text:
    return _(
        "{file} is damaged and cannot be opened as a zip. Pack or download it again.", file=label
    )
