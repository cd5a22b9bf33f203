"""The door from bytes to pictures: right pixels from good bytes, one sentence from bad ones."""

from __future__ import annotations

import contextlib
import random
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile, PngImagePlugin

from ae_core.errors import UserError
from ae_core.images import decoding, formats, reading
from ae_core.settings import MAX_IMAGE_BYTES
from tests.images.made_pictures import chunk, encoded, pixels, png, refusal, scene


def test_an_empty_file_is_refused_by_name() -> None:
    assert refusal(b"", "cat.png") == "“cat.png” is empty. Choose another picture."


@pytest.mark.parametrize("kind", formats.READ)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_a_truncated_file_is_refused_by_name(kind: str, share: float) -> None:
    data = encoded(scene(), kind)
    assert "“cut.png” is damaged" in refusal(data[: int(len(data) * share)], "cut.png")


@pytest.mark.filterwarnings("default")  # Pillow warns of damage
@pytest.mark.parametrize("kind", formats.READ)
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
    assert "pixels, and at most 50 million can be read. Make it smaller" in message


@pytest.mark.usefixtures("nothing_is_decoded")
def test_a_giant_webp_is_refused_from_its_header() -> None:
    data = bytearray(encoded(Image.new("L", (8, 8)), "WEBP", lossless=True))
    width_and_height = 7_999 | 7_999 << 14
    data[21:25] = struct.pack("<I", width_and_height)
    assert "8,000 x 8,000 pixels, and at most 50 million" in refusal(bytes(data))


def photo(width: int, height: int, **options: Any) -> bytes:
    """A grey JPEG of a smooth scene of any size."""
    large = scene().convert("L").resize((width, height), Image.Resampling.BILINEAR)
    return encoded(large, "JPEG", **options)


def shrunk(picture: Image.Image) -> np.ndarray:
    return pixels(picture.resize((48, 32), Image.Resampling.BOX))


def test_a_jpeg_of_two_hundred_million_pixels_is_read_at_a_reduced_scale() -> None:
    found = reading.read(photo(16_320, 12_240), "phone.jpg")
    assert reading.full_size(found) == (16_320, 12_240)
    assert found.size == (2_040, 1_530)
    assert np.abs(shrunk(found) - pixels(scene().convert("L"))).mean() < 2


@pytest.mark.usefixtures("nothing_is_decoded")
@pytest.mark.parametrize(
    ("size", "is_progressive", "most"), [((15_000, 14_000), False, 200), ((8_000, 7_000), True, 50)]
)
def test_larger_jpegs_are_refused_from_their_header(
    size: tuple[int, int], is_progressive: bool, most: int
) -> None:
    data = bytearray(encoded(scene(), "JPEG", progressive=is_progressive))
    frame = data.index(b"\xff\xc2" if is_progressive else b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", *size[::-1])
    assert f"at most {most} million" in refusal(bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1"])
@pytest.mark.one_in(3)
def test_other_large_pictures_are_reduced_once_they_are_decoded(kind: str, mode: str) -> None:
    whole = scene().resize((3_001, 2_100), Image.Resampling.BILINEAR)
    picture = whole.quantize(64) if mode == "P" else whole.convert(mode)
    expected = picture.convert("L" if mode in ("L", "1") else "RGB")
    found = reading.read(encoded(picture, kind), "large")
    assert (found.size, reading.full_size(found)) == ((1_501, 1_050), (3_001, 2_100))
    assert np.abs(shrunk(found) - shrunk(expected)).mean() < 1.5


def test_the_size_before_turning_and_reducing_is_told_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = reading.read(photo(3_000, 2_100, exif=exif), "x")
    assert (found.size, reading.full_size(found)) == ((1_050, 1_500), (2_100, 3_000))


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    message = refusal(b"\x89PNG\r\n\x1a\n" + bytes(MAX_IMAGE_BYTES))
    assert "at most 160 MB" in message


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


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (3, 61)])
def test_a_sliver_is_refused_and_the_cap_named(size: tuple[int, int]) -> None:
    assert "one side can be at most 20 times the other" in refusal(encoded(Image.new("L", size)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    found = pixels(reading.read(data, "x"))
    assert np.abs(found - (255, 0, 0)).max() <= 2


def test_what_no_decoder_is_known_to_raise_is_a_refusal_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data = encoded(scene())
    nothing: dict[str, Image.Image] = {}
    monkeypatch.setattr(decoding, "flat", lambda _: nothing["nobody thought of it"])
    assert "is damaged, or a PNG of a rare kind" in refusal(data, "cat.png")
    (record,) = caplog.records
    assert record.exc_info and "nobody thought of it" in caplog.text


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
