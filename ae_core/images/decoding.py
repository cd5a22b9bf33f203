"""Decodes a picture of each format within bounds of memory and processor time.

What may be decoded is decided from the header. The bounds, and what the largest picture within them
takes of one processor of 2023 and of memory beside its own bytes:

- JPEG as cameras write it, 200 million pixels: 0.5 s, 30 MiB, at the decoder's own reduced scale;
- JPEG in several scans ("progressive"), 50 million pixels, 100 scans: 3 s, 300 MiB;
- all others, 50 million pixels: 3 s; 250 MiB, an AVIF up to 500 and a WebP up to 800.

Large ones wait for each other, so that this is what a server needs for them, however many come.
"""

from __future__ import annotations

import math
import threading
from contextlib import nullcontext
from io import BytesIO

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from ae_core.errors import UserError
from ae_core.images import formats, headers, sizes
from ae_core.images.flattening import SHORTER_SIDE, flat
from ae_core.settings import MAX_IMAGE_PIXELS, MAX_JPEG_PIXELS
from ae_core.texts import _

MAX_ASPECT = 20
"""Longest side of an image over its shortest."""

MAX_JPEG_SCANS = 100
"""A camera writes up to 12. Each scan of a few bytes costs a pass over the whole image, so
that 10 MB of them take an hour."""

MAX_RLE_BYTES = 2 * 2**20
"""Of a BMP in run lengths, which Pillow decodes in Python, some 2 MB a second."""

LARGE = 8_000_000
"""Pixels from which on images are decoded one at a time."""

TIFF_CODECS = {
    1: "raw", 2: "tiff_ccitt", 3: "group3", 4: "group4", 5: "tiff_lzw", 7: "jpeg",
    8: "tiff_adobe_deflate", 32773: "packbits", 32946: "tiff_deflate",
}  # fmt: skip
"""What scanners, cameras and microscopes use, by its number in the file."""

TURNED = {Image.Transpose[name] for name in ("ROTATE_90", "ROTATE_270", "TRANSPOSE", "TRANSVERSE")}
"""What swaps width and height."""

FULL_SIZE = "full_size"
"""Under this name the information of a picture has its size before it was reduced."""

_one_at_a_time = threading.Lock()


def decoded(data: bytes, kind: str, label: str) -> Image.Image:
    """The picture in a file of a kind of `formats.READ`: upright, plain as `flat` makes it.

    Raises:
        UserError: it is too large, or made in a way that is not read.
        Exception: it is damaged; which exceptions these are, Pillow does not say.
    """
    return _jpeg(data, label) if kind == "JPEG" else _other(data, kind, label)


def check_size(width: int, height: int, label: str, most: int) -> None:
    """Refuse what has more than `most` pixels, or is a sliver.

    Raises:
        UserError: it is.
    """
    if width * height > most:
        raise UserError(
            _(
                "{file} is {width:,} x {height:,} pixels, and at most {most} million can be read."
                " Make it smaller and try again.",
                file=label,
                width=width,
                height=height,
                most=most // 10**6,
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


class _Jpeg(JpegImageFile):
    """A JPEG of any size, and the first picture of what a phone writes several pictures into.

    `Image.open` refuses 180 million pixels, and makes a stack of several pictures.
    """

    def getexif(self) -> Image.Exif:
        """Nothing: Pillow looks for a resolution in it and stumbles over malformed tags."""
        return Image.Exif()


def _jpeg(data: bytes, label: str) -> Image.Image:
    header = headers.jpeg_header(data)
    if header.size is None or not header.scans:
        raise ValueError("a JPEG without a picture")
    picture = _Jpeg(BytesIO(data))
    size = picture.size
    check_size(*size, label, MAX_IMAGE_PIXELS if header.is_buffered else MAX_JPEG_PIXELS)
    if header.scans > MAX_JPEG_SCANS:
        raise UserError(
            _(
                "{file} has more than {most} scans. Save it as a plain JPEG and try again.",
                file=label,
                most=MAX_JPEG_SCANS,
            )
        )
    picture.draft(picture.mode, (SHORTER_SIDE, SHORTER_SIDE))
    return _plain(picture, size, is_large=header.is_buffered and math.prod(size) > LARGE)


def _other(data: bytes, kind: str, label: str) -> Image.Image:
    if kind == "PNG":
        headers.check_png(data)
    elif kind == "GIF":
        headers.check_gif(data)
    elif kind == "TIFF":
        _check_tiff(data, label)
    # Pillow makes room for some formats before their size can be asked for.
    check_size(*(sizes.size_of(data, kind) or (1, 1)), label, MAX_IMAGE_PIXELS)
    try:
        picture = Image.open(BytesIO(data), formats=[kind.upper()])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError(
            _(
                "{file} has too many pixels, and at most {most} million can be read. Make it"
                " smaller and try again.",
                file=label,
                most=MAX_IMAGE_PIXELS // 10**6,
            )
        ) from error
    check_size(*picture.size, label, MAX_IMAGE_PIXELS)
    if kind == "BMP" and picture.tile[0][0] == "bmp_rle" and len(data) > MAX_RLE_BYTES:
        raise ValueError("too many run lengths")
    # The header of an AVIF may say less than what its codec will decode.
    is_large = kind == "AVIF" or math.prod(picture.size) > LARGE
    return _plain(picture, picture.size, is_large=is_large)


def _plain(picture: ImageFile, size: tuple[int, int], *, is_large: bool) -> Image.Image:
    """Decode, make it plain, and turn it upright. A TIFF is turned by Pillow itself."""
    turn = None if picture.format == "TIFF" else headers.turn_of(picture.info.get("exif"))
    with _one_at_a_time if is_large else nullcontext():
        picture.load()
        if picture.mode == "P" and picture.palette is None:
            raise ValueError("colours by number, and no palette")
        plain = flat(picture)
    if turn is not None:
        plain = plain.transpose(turn)
    plain.info = {FULL_SIZE: size[::-1] if turn in TURNED else size}
    return plain


def _check_tiff(data: bytes, label: str) -> None:
    tags = {tag: value for tag, (_kind, _count, value) in headers.check_tiff(data).items()}
    # The first page of a raw file of a camera is a thumbnail.
    if tags.get(headers.SUBFILE, 0) & 1 or headers.DNG_VERSION in tags:
        raise formats.refusal(formats.RAW, label)
    if tags.get(headers.COMPRESSION, 1) not in TIFF_CODECS:
        raise UserError(
            _(
                "{file} is a TIFF that is compressed in a rare way. Save it without compression, or"
                " as a PNG.",
                file=label,
            )
        )
    width, height = (tags.get(tag, 1) for tag in (headers.TILE_WIDTH, headers.TILE_HEIGHT))
    if width * height > MAX_IMAGE_PIXELS:
        raise ValueError("a tile larger than any picture")
