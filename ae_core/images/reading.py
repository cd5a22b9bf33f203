"""Decodes images from bytes, safely, and encodes them as PNG."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ae_core.errors import UserError
from ae_core.settings import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from ae_core.texts import _
from ae_core.wording import megabytes

FORMATS = ("PNG", "JPEG", "WEBP")

MOST_MILLIONS = MAX_IMAGE_PIXELS // 10**6
"""Of pixels of an image."""

MAX_ASPECT = 20
"""Longest side of an image over its shortest."""

MAX_JPEG_SCANS = 300
"""A camera writes up to 12. Each scan of a few bytes costs a pass over the whole image, so
that 10 MB of them take an hour. Video behind a phone's picture looks like some 150."""


def read(data: bytes, name: str) -> Image.Image:
    """Decode a PNG, JPEG or WebP picture, upright and opaque, in mode "L" or "RGB".

    The content decides the format, never the ending of the name. The size is checked in the header,
    before anything is decoded. What is transparent becomes white, 16 bits are scaled to 8, and
    of an animation the first frame is read.

    Raises:
        UserError: anything wrong with the bytes.
    """
    label = quoted(name)
    if not data:
        raise UserError(_("{file} is empty. Choose another picture.", file=label))
    if len(data) > MAX_IMAGE_BYTES:
        raise too_many_bytes(label, len(data), MAX_IMAGE_BYTES)
    # Damaged bytes surface as OSError, SyntaxError, ValueError, struct.error and more, which
    # Pillow does not list: whatever a decoder raises here is the file's fault.
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError(
            _(
                "{file} has too many pixels, and at most {most} million can be read. Make it"
                " smaller and try again.",
                file=label,
                most=MOST_MILLIONS,
            )
        ) from error
    except Exception as error:
        raise UserError(
            _(
                "{file} is damaged or is not a PNG, JPEG or WebP picture. Save it as one of these"
                " and try again.",
                file=label,
            )
        ) from error
    _check_header(picture, data, label)
    try:
        return _flattened(ImageOps.exif_transpose(picture))
    except Exception as error:
        raise UserError(
            _(
                "{file} is damaged and cannot be read to its end. Save or download it again.",
                file=label,
            )
        ) from error


def from_pixels(pixels: NDArray[np.uint8], name: str) -> Image.Image:
    """A picture from an array of pixels: grey (h, w), or colour (h, w, 3).

    Raises:
        UserError: it is too large, or has no pixels.
    """
    label = quoted(name)
    height, width = pixels.shape[:2]
    if not pixels.size:
        raise UserError(_("{file} has no pixels.", file=label))
    _check_size(width, height, label)
    return Image.fromarray(np.ascontiguousarray(pixels))


def quoted(name: str) -> str:
    """The name of a file for a message: on one line, at most 40 characters, in quotes.

    Control characters and those that change the direction of writing are left out.
    """
    shown = "".join(character for character in name if character.isprintable()).strip()
    return f"“{shown if len(shown) <= 40 else shown[:39] + '…'}”" if shown else _("The picture")


def too_many_bytes(label: str, size: int, most: int) -> UserError:
    """The error for a picture that is larger than what is read."""
    return UserError(
        _(
            "{file} has {size} and at most {most} can be read. Save it smaller and try again.",
            file=label,
            size=megabytes(size),
            most=megabytes(most),
        )
    )


def to_bytes(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Floats in [0, 1] as bytes; bytes stay as they are."""
    if pixels.dtype == np.uint8:
        return pixels
    return np.rint(np.clip(np.nan_to_num(pixels), 0, 1) * 255).astype(np.uint8)


def to_png(image: NDArray[Any]) -> bytes:
    """Encode grey (h, w) or colour (h, w, 3) pixels: uint8, or floats in [0, 1].

    A page shows some forty small images at each move of a control, and Pillow takes five times as
    long for each of them: the format itself is three chunks.
    """
    pixels = to_bytes(image)
    height, width = pixels.shape[:2]
    rows = np.zeros((height, pixels[0].size + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    colour_type = 0 if pixels.ndim == 2 else 2
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _check_header(picture: Image.Image, data: bytes, label: str) -> None:
    _check_size(*picture.size, label)
    if picture.format == "JPEG" and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise UserError(
            _(
                "{file} has more than {most} scans. Save it as a plain JPEG and try again.",
                file=label,
                most=MAX_JPEG_SCANS,
            )
        )


def _check_size(width: int, height: int, label: str) -> None:
    if width * height > MAX_IMAGE_PIXELS:
        raise UserError(
            _(
                "{file} is {width:,} x {height:,} pixels, and at most {most} million can be read."
                " Make it smaller and try again.",
                file=label,
                width=width,
                height=height,
                most=MOST_MILLIONS,
            )
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise UserError(
            _(
                "{file} is {width:,} x {height:,} pixels, and one side can be at most {most} times"
                " the other. Crop it and try again.",
                file=label,
                width=width,
                height=height,
                most=MAX_ASPECT,
            )
        )


def _flattened(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return Image.fromarray(_eight_bits(picture))
    mode = "L" if picture.mode in ("1", "L", "LA") else "RGB"
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        picture = paper
    return picture.convert(mode)


def _eight_bits(picture: Image.Image) -> NDArray[np.uint8]:
    values = np.asarray(picture).astype(np.uint32)
    if "transparency" in picture.info:
        values[values == picture.info["transparency"]] = 65535
    return ((values + 128) // 257).astype(np.uint8)
