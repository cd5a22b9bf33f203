"""What headers say: scans, blocks, orientation, before anything is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from ae_core.images import decoding, headers, reading
from tests.images.made_pictures import chunk, encoded, pixels, png, refusal, scene


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(scene(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert "100 scans" in refusal(data[:-2] + last * 200 + data[-2:])
    assert reading.read(data, "x").size == (48, 32)
    assert reading.read(data + last * 200, "with a video behind it").size == (48, 32)


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (encoded(scene(), "JPEG"), headers.JpegHeader(1, False, (48, 32))),
        (encoded(scene().convert("L"), "JPEG"), headers.JpegHeader(1, False, (48, 32))),
        (encoded(scene(), "JPEG", restart_marker_blocks=1), headers.JpegHeader(1, False, (48, 32))),
        (encoded(scene(), "JPEG", progressive=True), headers.JpegHeader(10, True, (48, 32))),
    ],
)
def test_the_scans_of_a_jpeg_are_counted_as_its_decoder_meets_them(
    data: bytes, header: headers.JpegHeader
) -> None:
    assert headers.jpeg_header(data) == header


def endless(kind: str) -> bytes:
    """A file of which the header alone has some 100,000 blocks."""
    if kind == "PNG":
        return png(4, 4, 8, 0, b"\0" * 20, *[chunk(b"teXt", b"")] * 100_000)
    data = encoded(scene(), kind)
    if kind == "GIF":
        place = 13 + 3 * 256
        return data[:place] + b"!\xfe\1a\0" * 100_000 + data[place:]
    if kind == "JPEG":
        return data[:2] + b"\xff\xfe\0\2" * 100_000 + data[2:]
    tags = struct.pack("<HIHHII", 1, 0, 273, 4, 2**24, 8)  # not sorted, and still followed
    return b"II*\0" + struct.pack("<I", 8) + tags[:2] + tags[6:] + bytes(2**16)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG", "TIFF"])
def test_a_header_without_end_is_refused_before_pillow_walks_along_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = endless(kind)
    for opener in ((Image, "open"), (decoding, "_Jpeg")):
        monkeypatch.setattr(*opener, lambda *_, **__: pytest.fail("Pillow walked"))
    assert f"a {kind} of a rare kind" in refusal(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation: int, kind: str) -> None:
    upright = scene()
    turn: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    stored = Image.fromarray(np.ascontiguousarray(turn[orientation](np.asarray(upright))))
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = reading.read(encoded(stored, kind, exif=exif, quality=95), "x")
    assert found.size == upright.size
    assert np.abs(pixels(found) - pixels(upright)).mean() <= 2


def with_exif(block: bytes, picture: Image.Image) -> bytes:
    """A JPEG with this EXIF block, whatever it is."""
    data, block = encoded(picture, "JPEG", quality=95), b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]


SIX = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)


@pytest.mark.parametrize(
    ("block", "is_turned"),
    [
        (b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + SIX, True),
        (b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHH", 1, 0x0112, 3, 1, 6, 0), True),
        # Other entries of a type that there is not, before it and after it.
        (b"II*\0\x08\0\0\0" + struct.pack("<HHHI", 2, 0x010F, 99, 4) + b"abcd" + SIX, True),
        (b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + SIX + b"\x10\1\x63\0", True),
        # Its own type or value is none, the block ends before it, begins nowhere, or is no EXIF.
        (b"II*\0\x08\0\0\0" + struct.pack("<HHHIHH", 1, 0x0112, 99, 1, 6, 0), False),
        (b"II*\0\x08\0\0\0" + struct.pack("<HHHIHH", 1, 0x0112, 3, 1, 600, 0), False),
        (b"II*\0\x08\0\0\0" + struct.pack("<HHH", 1, 0x0112, 3), False),
        (b"II*\0\xff\xff\xff\xff" + struct.pack("<H", 1) + SIX, False),
        (b"\x124garbagegarbage", False),
        (b"", False),
    ],
)
def test_malformed_metadata_never_costs_the_picture(block: bytes, is_turned: bool) -> None:
    found = reading.read(with_exif(block, scene()), "phone.jpg")
    expected = pixels(scene())
    expected = np.rot90(expected, -1) if is_turned else expected
    assert found.size == expected.shape[1::-1]
    assert np.abs(pixels(found) - expected).mean() < 2
