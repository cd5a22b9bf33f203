"""What headers say of a file before a decoder is let near it: its blocks, scans and tags.

A decoder's header loops are Python: a file of ten million blocks of a few bytes would keep it busy
for minutes. Here the walk ends at `MAX_BLOCKS`.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from PIL import Image

MAX_BLOCKS = 50_000
"""A PNG of 200 MB in blocks of 8 kB has 25,000."""

MAX_TAG_VALUES = 2**18
"""Of a TIFF tag: the colours of a palette of 16 bits are three quarters of it."""

MAX_JUNK = 2**16
"""Bytes between the blocks of a header, over which Pillow goes one by one."""

GIF_BLOCK = re.compile(rb"[!,;]")

MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
"""Within the compressed data of a JPEG 0xFF is followed by 0, or by a restart marker."""

COSINE_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
PROGRESSIVE_FRAMES = frozenset({0xC2, 0xCA})
NO_FRAMES = frozenset({0xC4, 0xC8, 0xCC})
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
WITHOUT_LENGTH = frozenset({0x01, 0xD8})

Tag = tuple[int, int, int]
"""Kind, number of values, and the value itself where it is one number."""

SUBFILE, WIDTH, HEIGHT, COMPRESSION, ORIENTATION = 254, 256, 257, 259, 274
TILE_WIDTH, TILE_HEIGHT, DNG_VERSION = 322, 323, 50706
SHORT, LONG = 3, 4
METADATA = 700
"""Tags from here on tell no more of where the pixels are."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its orientation in EXIF (CIPA DC-008, 4.6.5); 1 is upright."""


@dataclass(frozen=True)
class JpegHeader:
    """How a JPEG is made; its `size` is width and height, None where no frame says it.

    `is_buffered`: the decoder has to hold every coefficient of the picture, up to 6 bytes a pixel,
    since they come in several scans; else it holds a few rows.
    """

    scans: int
    is_buffered: bool
    size: tuple[int, int] | None


def jpeg_header(data: bytes) -> JpegHeader:
    """Walk from marker to marker as a decoder does, up to the end of the picture.

    What lies behind that end, such as the video or the depth map of a phone, does not count.

    Raises:
        ValueError: it is lossless, has too many blocks, or too much between them.
    """
    scans = components = place = junk = 0
    is_buffered, size = False, None
    for _number in range(MAX_BLOCKS):
        end = len(data) if scans else min(len(data), place + MAX_JUNK + 2)
        found = MARKER.search(data, place, end)
        junk += 0 if scans else max(0, (found.start() if found else end) - place)
        if junk > MAX_JUNK:
            raise ValueError("too much between its blocks")
        if not found or found[1][0] == END_OF_IMAGE:
            return JpegHeader(scans, is_buffered, size)
        code, place = found[1][0], found.end()
        if code in WITHOUT_LENGTH:
            continue
        if code == START_OF_SCAN:
            scans += 1
            is_buffered |= scans > 1 or data[place + 2 : place + 3] != bytes([components])
        elif 0xC0 <= code <= 0xCF and code not in NO_FRAMES:
            if code not in COSINE_FRAMES:
                raise ValueError("a lossless JPEG, which does not decode at a reduced scale")
            components = int.from_bytes(data[place + 7 : place + 8])
            height, width = (int.from_bytes(data[place + at : place + at + 2]) for at in (3, 5))
            size = width, height
            is_buffered |= code in PROGRESSIVE_FRAMES
        place += int.from_bytes(data[place : place + 2])
    raise ValueError("too many blocks")


def check_png(data: bytes) -> None:
    """Raise a ValueError if it has too many blocks."""
    place = 8
    for _number in range(MAX_BLOCKS):
        if place >= len(data):
            return
        place += 12 + int.from_bytes(data[place : place + 4])
    raise ValueError("too many blocks")


def check_gif(data: bytes) -> int:
    """Where its first image begins.

    Raises:
        ValueError: it has none, or too many blocks, or too much between them.
    """
    palette = data[10] if len(data) > 10 else 0
    place = 13 + (3 << (palette & 7) + 1 if palette & 0x80 else 0)
    junk = 0
    for _number in range(MAX_BLOCKS // 100):  # a comment is copied for each that follows
        found = GIF_BLOCK.search(data, place, place + MAX_JUNK - junk)
        if not found or found[0] == b";":
            break
        junk += found.start() - place
        place = found.start()
        if found[0] == b",":
            return place
        place += 2
        for _part in range(MAX_BLOCKS):
            size = data[place] if place < len(data) else 0
            place += 1 + size
            if not size:
                break
    raise ValueError("no image within the first blocks")


def check_tiff(data: bytes) -> dict[int, Tag]:
    """The tags of its first page.

    Raises:
        ValueError: a tag says that it has too many values.
    """
    tags = tags_of(data)
    if any(count > MAX_TAG_VALUES for tag, (_, count, _) in tags.items() if tag < METADATA):
        raise ValueError("too many values of a tag")
    return tags


def tags_of(tiff: bytes) -> dict[int, Tag]:
    """The tags of a TIFF's first page, or of EXIF, which has the same form; up to where it ends."""
    tags: dict[int, Tag] = {}
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if not order:
        return tags
    try:
        (place,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, place)
        for entry in range(place + 2, place + 2 + 12 * entries, 12):
            tag, kind, count = struct.unpack_from(f"{order}HHI", tiff, entry)
            value = f"{order}{'H' if kind == SHORT else 'I'}"
            tags[tag] = kind, count, struct.unpack_from(value, tiff, entry + 8)[0]
    except struct.error:  # it is cut short
        pass
    return tags


def turn_of(exif: object) -> Image.Transpose | None:
    """What turns a picture upright, by its EXIF block as Pillow hands it out; None if nothing.

    Nothing else is taken from metadata. Phones and messengers leave other tags malformed, and
    whoever parses them all loses the picture.
    """
    if not isinstance(exif, bytes):
        return None
    kind, _, value = tags_of(exif.removeprefix(b"Exif\0\0")).get(ORIENTATION, (0, 0, 0))
    return TURNS.get(value) if kind == SHORT else None
