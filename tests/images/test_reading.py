"""The door from bytes to pictures: right pixels from good bytes, one sentence from bad ones."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile, PngImagePlugin

from ae_core.errors import UserError
from ae_core.images import reading
from ae_core.settings import MAX_IMAGE_BYTES


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, format=kind, **options)
    return written.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, bits: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """A smooth picture without any symmetry."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    channels = [x, y, 0.5 + 0.4 * np.sin(3 * x + 5 * y)]
    return Image.fromarray((np.stack(channels, axis=-1) * 255).astype(np.uint8))


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(int)


def refusal(data: bytes, name: str = "a.png") -> str:
    with pytest.raises(UserError) as caught:
        reading.read(data, name)
    message = str(caught.value)
    assert message.isprintable() and len(message) < 250
    assert message.endswith((".", "!"))
    return message


@pytest.mark.parametrize("kind", reading.FORMATS)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_every_format_is_read_whatever_its_name_ends_in(kind: str, mode: str) -> None:
    picture = scene().convert(mode)
    found = reading.read(encoded(picture, kind, quality=95), "photo.gif")
    assert found.size == picture.size
    assert found.mode == (mode if kind != "WEBP" else "RGB")
    assert np.abs(pixels(found.convert(mode)) - pixels(picture)).mean() < 2


def test_an_empty_file_is_refused_by_name() -> None:
    assert refusal(b"", "cat.png") == "“cat.png” is empty. Choose another picture."


@pytest.mark.parametrize("kind", reading.FORMATS)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_a_truncated_file_is_refused_by_name(kind: str, share: float) -> None:
    data = encoded(scene(), kind)
    assert "“cut.png” is damaged" in refusal(data[: int(len(data) * share)], "cut.png")


@pytest.mark.parametrize("kind", reading.FORMATS)
def test_damaged_bytes_give_a_picture_or_a_refusal_and_nothing_else(kind: str) -> None:
    rng = random.Random(0)
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = encoded(scene(), kind, exif=exif)
    refused = 0
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(rng.choice([1, 2, 8])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        try:
            assert reading.read(bytes(data), "x").mode in ("L", "RGB")
        except UserError:
            refused += 1
    assert refused > 10


@pytest.fixture
def nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("it was decoded"))


@pytest.mark.usefixtures("nothing_is_decoded")
@pytest.mark.parametrize(
    ("width", "height"),
    [(50_000, 50_000), (12_000, 12_000), (9_000, 9_000), (2**31 - 1, 2**31 - 1)],
)
def test_a_giant_is_refused_from_its_header(width: int, height: int) -> None:
    message = refusal(png(width, height, 8, 2, b"\0" * 100))
    assert "pixels, and at most 24 million can be read. Make it smaller" in message


@pytest.mark.usefixtures("nothing_is_decoded")
def test_a_giant_webp_is_refused_from_its_header() -> None:
    data = bytearray(encoded(Image.new("L", (8, 8)), "WEBP", lossless=True))
    width_and_height = 5_999 | 5_999 << 14
    data[21:25] = struct.pack("<I", width_and_height)
    assert "6,000 x 6,000 pixels, and at most 24 million" in refusal(bytes(data))


def test_a_picture_of_a_phones_size_is_read() -> None:
    data = encoded(Image.new("L", (6000, 4000)), "PNG", compress_level=1)
    assert reading.read(data, "phone").size == (6000, 4000)


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    message = refusal(b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_IMAGE_BYTES)
    assert "at most 10 MB" in message


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_text_or_profile_that_inflates_to_300_mb_is_refused_or_left_out(kind: bytes) -> None:
    start = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0"}[kind]
    packer = zlib.compressobj(9)
    bomb = b"".join([packer.compress(b"\0" * 2**20) for _ in range(300)] + [packer.flush()])
    data = png(4, 4, 8, 0, b"\0" * 20, chunk(kind, start + bomb))
    tracemalloc.start()
    with contextlib.suppress(UserError):
        assert reading.read(data, "x").size == (4, 4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(scene(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert "300 scans" in refusal(data[:-2] + last * 400 + data[-2:])
    assert reading.read(data, "x").size == (48, 32)


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (3, 61)])
def test_a_sliver_is_refused_and_the_cap_named(size: tuple[int, int]) -> None:
    assert "one side can be at most 20 times the other" in refusal(encoded(Image.new("L", size)))


def test_other_kinds_are_refused_whatever_they_are_called() -> None:
    pretenders = {
        "EPS": encoded(scene(), "EPS"),
        "GIF": encoded(scene(), "GIF"),
        "TIFF": encoded(scene(), "TIFF"),
        "BMP": encoded(scene(), "BMP"),
        "AVIF": encoded(scene(), "AVIF"),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "HTML": b"<html><script>alert(1)</script></html>",
        "text": b"hello",
    }
    for data in pretenders.values():
        assert "is not a PNG, JPEG or WebP picture" in refusal(data, "digit.png")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    assert reading.read(data, "x").getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
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


def test_16_bits_are_scaled_and_not_clipped() -> None:
    values = np.linspace(0, 65535, 48 * 32).astype(np.uint16).reshape(32, 48)
    found = reading.read(encoded(Image.fromarray(values)), "x")
    assert found.mode == "L"
    assert np.abs(pixels(found) - values / 257).max() <= 0.51


def test_16_bit_colour_is_scaled() -> None:
    row = struct.pack(">HHH", 0, 30_000, 65_535)
    assert reading.read(png(1, 1, 16, 2, b"\0" + row), "x").getpixel((0, 0)) == (0, 117, 255)


def test_one_value_of_16_bits_declared_transparent_becomes_white() -> None:
    rows = b"\0" + struct.pack(">HH", 1000, 1001)
    data = png(2, 1, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 1000)))
    assert pixels(reading.read(data, "x")).tolist() == [[255, 4]]


def test_one_bit_becomes_black_and_white() -> None:
    picture = scene().convert("1")
    found = reading.read(encoded(picture), "x")
    assert found.mode == "L"
    assert np.array_equal(pixels(found), pixels(picture) * 255)


def test_a_palette_with_transparency_lies_on_white() -> None:
    picture = scene().quantize(16)
    expected = pixels(picture.convert("RGB"))
    expected[np.asarray(picture) == 3] = 255
    found = reading.read(encoded(picture, transparency=3), "x")
    assert found.mode == "RGB"
    assert np.abs(pixels(found) - expected).max() <= 1


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_half_transparent_pixels_lie_on_white(mode: str) -> None:
    solid = scene().convert(mode[:-1])
    veil = Image.linear_gradient("L").resize(solid.size)
    clear = solid.copy()
    clear.putalpha(veil)
    share = pixels(veil) / 255
    share = share if mode == "LA" else share[..., None]
    expected = pixels(solid) * share + 255 * (1 - share)
    found = reading.read(encoded(clear), "x")
    assert found.mode == mode[:-1]
    assert np.abs(pixels(found) - expected).max() <= 1.5


def test_cmyk_keeps_its_colours() -> None:
    found = reading.read(encoded(scene().convert("CMYK"), "JPEG", quality=98), "x")
    assert found.mode == "RGB"
    assert np.abs(pixels(found) - pixels(scene())).mean() <= 2


def test_words_in_a_picture_do_not_hinder_it() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "é" * 1000, zip=True)
    assert reading.read(encoded(scene(), pnginfo=words), "x").size == (48, 32)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cat.png", "“cat.png”"),
        ("x" * 300 + ".png", "“" + "x" * 39 + "…”"),
        ("a\u202egnp.exe\x00\n\u2066b", "“agnp.exeb”"),
        ("  ", "The picture"),
        ("\u200f", "The picture"),
    ],
)
def test_a_hostile_name_is_shown_short_and_on_one_line(name: str, shown: str) -> None:
    assert reading.quoted(name) == shown
    assert refusal(b"", name).startswith(f"{shown} is empty")


def test_pixels_survive_the_way_through_png() -> None:
    grey = np.arange(28 * 28, dtype=np.uint8).reshape(28, 28)
    colour = np.asarray(scene())
    for image in (grey, colour):
        assert np.array_equal(np.asarray(reading.read(reading.to_png(image), "x")), image)


def test_floats_are_rounded_and_clipped_to_png() -> None:
    image = np.array([[-1, 0, 0.5, 1, 7, np.nan]], dtype=np.float32)
    assert pixels(reading.read(reading.to_png(image), "x")).tolist() == [[0, 0, 128, 255, 255, 0]]
