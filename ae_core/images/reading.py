"""Reads images from bytes, safely, and encodes them as PNG."""

from __future__ import annotations

import logging
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ae_core.errors import UserError
from ae_core.images import formats
from ae_core.images.decoding import FULL_SIZE, check_size, decoded
from ae_core.settings import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from ae_core.texts import _
from ae_core.wording import megabytes

FAULTS = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error, zlib.error)
"""What decoders are known to raise for damaged bytes; Pillow lists it nowhere."""

log = logging.getLogger(__name__)


def read(data: bytes, name: str) -> Image.Image:
    """Decode a picture in one of `formats.READ`, upright and opaque, in mode "L" or "RGB".

    The content decides the format, never the ending of the name. What is larger than `flat` keeps
    is reduced; `full_size` has its size as it was. Transparency and more than 8 bits are as in
    `flat`. Of several frames or pages the first is read.

    Raises:
        UserError: anything wrong with the bytes.
    """
    label = quoted(name)
    if not data:
        raise UserError(_("{file} is empty. Choose another picture.", file=label))
    if len(data) > MAX_IMAGE_BYTES:
        raise too_many_bytes(label, len(data), MAX_IMAGE_BYTES)
    kind = formats.kind_of(data)
    if kind not in formats.READ:
        raise formats.refusal(kind, label)
    try:
        return decoded(data, kind, label)
    except UserError:
        raise
    except MemoryError as error:
        raise UserError(
            _("{file} takes too much memory. Make it smaller and try again.", file=label)
        ) from error
    except Exception as error:
        if not isinstance(error, FAULTS):
            log.warning("An unforeseen error in reading a picture (%s).", kind, exc_info=True)
        raise UserError(
            _(
                "{file} is damaged, or a {kind} of a rare kind. Save or download it again, or save"
                " it as a plain PNG.",
                file=label,
                kind=kind,
            )
        ) from error


def full_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height of a picture before it was reduced in reading it."""
    width, height = picture.info.get(FULL_SIZE, picture.size)
    return int(width), int(height)


def from_pixels(pixels: NDArray[np.uint8], name: str) -> Image.Image:
    """A picture from an array of pixels: grey (h, w), or colour (h, w, 3).

    Raises:
        UserError: it is too large, or has no pixels.
    """
    label = quoted(name)
    height, width = pixels.shape[:2]
    if not pixels.size:
        raise UserError(_("{file} has no pixels.", file=label))
    check_size(width, height, label, MAX_IMAGE_PIXELS)
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
