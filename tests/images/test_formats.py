"""What a file is, by its first bytes: read, or refused by its name."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from ae_core.images import formats, reading
from tests.images.made_pictures import encoded, pixels, refusal, scene


@pytest.mark.parametrize("kind", formats.READ)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_every_format_is_read_whatever_its_name_ends_in(kind: str, mode: str) -> None:
    picture = scene().convert(mode)
    found = reading.read(encoded(picture, kind, quality=95), "photo.pcx")
    assert found.size == reading.full_size(found) == picture.size
    assert found.mode == (mode if kind not in ("WebP", "GIF") else "RGB")
    # A GIF has 256 colours.
    assert np.abs(pixels(found.convert(mode)) - pixels(picture)).mean() < (
        2 if kind != "GIF" else 6
    )


def boxed(*brands: bytes) -> bytes:
    """The beginning of a file in boxes, as HEIC, AVIF and MP4 are."""
    return struct.pack(">I", 8 + 4 * len(brands)) + b"ftyp" + b"".join(brands) + bytes(64)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n", "is a PDF. Save the picture as PNG, JPEG,"),
        (b"8BPS\0\1", "is a Photoshop file."),
        (encoded(scene(), "EPS"), "is a PostScript drawing."),
        (encoded(scene(), "ICO"), "is an icon."),
        (encoded(scene(), "JPEG2000"), "is a JPEG 2000 picture."),
        (b"\xff\x0a\xfa", "is a JPEG XL picture."),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "is an SVG drawing."),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg width="9"/>', "is an SVG drawing."),
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "is a web page."),
        (b"II*\0\x10\0\0\0CR\2\0", "is a camera's RAW file."),
        (b"FUJIFILMCCD-RAW 0201", "is a camera's RAW file."),
        (boxed(b"crx ", bytes(4), b"crx ", b"isom"), "is a camera's RAW file."),
        (boxed(b"isom", bytes(4), b"mp41"), "is a video."),
        (boxed(b"heic", bytes(4), b"mif1", b"heic"), "is a HEIC photo"),
        (boxed(b"mif1", bytes(4), b"mif1", b"heix"), "is a HEIC photo"),
        (b"hello", "is damaged or is not a picture. PNG, JPEG,"),
        (b"<svg" * 500 + b"<" * 10**6, "is damaged or is not a picture."),
    ],
)
def test_other_kinds_are_refused_by_their_name_whatever_they_are_called(
    data: bytes, said: str
) -> None:
    assert said in refusal(data, "digit.png")


def test_a_heic_photo_is_refused_with_what_to_do() -> None:
    message = refusal(boxed(b"heic", bytes(4), b"heic"), "IMG_1.heic")
    assert "Export it as a JPEG; an iPhone takes JPEGs after Settings, Camera, Formats" in message


def test_the_formats_are_named_in_one_way() -> None:
    assert formats.named() == "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"
