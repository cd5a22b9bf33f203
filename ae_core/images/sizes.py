"""How large a picture is, from how its file begins: nothing is decoded, and no decoder is asked.

Pillow's own look at a header is no such thing: for a WebP of 24 million pixels it makes room for
two whole pictures.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from ae_core.images import headers
from ae_core.settings import MAX_IMAGE_PIXELS, MAX_JPEG_PIXELS

Size = tuple[int, int]

JPEG_SHARE = 4
"""A pixel of a JPEG of one scan takes a quarter of what one of another format does."""

SPATIAL_EXTENTS = re.compile(rb"ispe\0{4}(.{4})(.{4})", re.DOTALL)
"""The size of an image in a file of boxes (ISO/IEC 23008-12, 6.5.3)."""


def size_of(data: bytes, kind: str) -> Size | None:
    """Width and height that a file of a kind of `formats.READ` says; None if not in these bytes."""
    try:
        found = READERS[kind](data)
    except (struct.error, IndexError, ValueError):
        return None
    return found if found and min(found) > 0 else None


def work_of(data: bytes, kind: str) -> int | None:
    """Pixels that are decoded for a picture, in those of a PNG; None if not in these bytes.

    There are none of one that is refused for its size.
    """
    found = size_of(data, kind)
    if found is None:
        return None
    pixels = found[0] * found[1]
    if kind == "JPEG" and not headers.jpeg_header(data).is_buffered:
        return pixels // JPEG_SHARE if pixels <= MAX_JPEG_PIXELS else 0
    return pixels if pixels <= MAX_IMAGE_PIXELS else 0


def _png(data: bytes) -> Size | None:
    width, height = struct.unpack_from(">II", data, 16)
    return (width, height) if data[12:16] == b"IHDR" else None


def _jpeg(data: bytes) -> Size | None:
    return headers.jpeg_header(data).size


def _webp(data: bytes) -> Size | None:
    match data[12:16]:
        case b"VP8X":
            return _three(data, 24) + 1, _three(data, 27) + 1
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
    return None


def _gif(data: bytes) -> Size | None:
    place = headers.check_gif(data)
    width, height = struct.unpack_from("<HH", data, 6)
    left, top, across, down = struct.unpack_from("<4H", data, place + 1)
    return max(width, left + across), max(height, top + down)


def _bmp(data: bytes) -> Size | None:
    (header,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
    return abs(width), abs(height)


def _tiff(data: bytes) -> Size | None:
    tags = headers.tags_of(data)
    width, height = (tags.get(tag, (0, 0, 0))[2] for tag in (headers.WIDTH, headers.HEIGHT))
    return width, height


def _avif(data: bytes) -> Size | None:
    sizes = [struct.unpack(">II", width + height) for width, height in
             SPATIAL_EXTENTS.findall(data)]  # fmt: skip
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _three(data: bytes, place: int) -> int:
    """A number of three bytes."""
    (number,) = struct.unpack_from("<I", data[place : place + 3] + b"\0")
    return int(number)


READERS: dict[str, Callable[[bytes], Size | None]] = {
    "PNG": _png, "JPEG": _jpeg, "WebP": _webp, "GIF": _gif, "BMP": _bmp, "TIFF": _tiff,
    "AVIF": _avif,
}  # fmt: skip
