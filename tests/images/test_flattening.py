"""Every depth, mode and transparency becomes 8 bits, opaque."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from ae_core.images import reading
from tests.images.made_pictures import chunk, encoded, pixels, png, refusal, scene


def test_16_bits_are_scaled_and_not_clipped() -> None:
    values = np.linspace(0, 65535, 48 * 32).astype(np.uint16).reshape(32, 48)
    found = reading.read(encoded(Image.fromarray(values)), "x")
    assert found.mode == "L"
    assert np.abs(pixels(found) - values / 257).max() <= 0.51


def test_16_bit_colour_is_scaled() -> None:
    row = struct.pack(">HHH", 0, 30_000, 65_535)
    assert reading.read(png(1, 1, 16, 2, b"\0" + row), "x").getpixel((0, 0)) == (0, 117, 255)


@pytest.mark.parametrize(
    ("brightest", "white"), [(200, 255), (900, 1023), (4000, 4095), (9000, 16383), (60_000, 65535)]
)
def test_a_tiff_of_fewer_than_16_bits_is_scaled_by_its_brightest_pixel(
    brightest: int, white: int
) -> None:
    values = np.linspace(0, brightest, 48 * 32).astype(np.uint16).reshape(32, 48)
    for order in ("<u2", ">u2"):
        found = reading.read(encoded(Image.fromarray(values.astype(order)), "TIFF"), "cells.tif")
        assert np.abs(pixels(found) - values / white * 255).max() <= 0.51


@pytest.mark.parametrize(("brightest", "white"), [(1.0, 1), (1.2, 1), (200.0, 255), (4000, 4095)])
def test_a_tiff_of_floats_is_scaled_too(brightest: float, white: float) -> None:
    values = np.linspace(-0.1, brightest, 48 * 32).astype(np.float32).reshape(32, 48)
    expected = (values / white).clip(0, 1) * 255
    values[0, 0] = np.nan
    found = reading.read(encoded(Image.fromarray(values), "TIFF"), "cells.tif")
    assert np.abs(pixels(found) - expected).max() <= 0.51


def test_a_tiff_whose_zero_is_white_is_turned_over() -> None:
    values = np.linspace(0, 4000, 48 * 32).astype(np.uint16).reshape(32, 48)
    for image, white in ((values, 4095), ((values // 16).astype(np.uint8), 255)):
        data = encoded(Image.fromarray(image), "TIFF", tiffinfo={262: 0})
        found = pixels(reading.read(data, "scan.tif"))
        expected = 255 - image / white * 255
        stored_inverted = image.dtype == np.uint8  # Pillow writes such bytes the other way round
        expected = 255 - expected if stored_inverted else expected
        assert np.abs(found - expected).max() <= 0.51


@pytest.mark.parametrize(
    "compression", ["raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "jpeg"]
)
def test_the_usual_compressions_of_a_tiff_are_read(compression: str) -> None:
    found = reading.read(encoded(scene(), "TIFF", compression=compression), "x")
    assert np.abs(pixels(found) - pixels(scene())).mean() < 2
    fax = scene().convert("1")
    found = reading.read(encoded(fax, "TIFF", compression="group4"), "fax")
    assert np.array_equal(pixels(found), pixels(fax) * 255)


def test_rare_compressions_and_thumbnails_of_raw_files_are_refused() -> None:
    assert "compressed in a rare way" in refusal(encoded(scene(), "TIFF", compression="lzma"))
    for tags in ({254: 1}, {50706: b"\1\4\0\0"}):
        assert "is a camera's RAW file" in refusal(encoded(scene(), "TIFF", tiffinfo=tags))


def test_one_value_of_16_bits_declared_transparent_lies_on_the_shade_that_contrasts() -> None:
    rows = b"\0" + struct.pack(">HH", 1000, 1001)
    data = png(2, 1, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 1000)))
    assert pixels(reading.read(data, "x")).tolist() == [[255, 4]]
    rows = b"\0" + struct.pack(">HH", 1000, 60_000)
    data = png(2, 1, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 1000)))
    assert pixels(reading.read(data, "x")).tolist() == [[0, 233]]


def test_one_bit_becomes_black_and_white() -> None:
    picture = scene().convert("1")
    found = reading.read(encoded(picture), "x")
    assert found.mode == "L"
    assert np.array_equal(pixels(found), pixels(picture) * 255)


ROW, COLUMN = np.mgrid[:32, :48]


INK = (ROW >= 6) & (ROW < 26) & (COLUMN >= 20) & (COLUMN < 26)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF", "AVIF"])
@pytest.mark.parametrize("shade", [0, 60, 200, 255])
def test_ink_on_a_transparent_ground_lies_on_the_shade_that_contrasts(
    shade: int, kind: str
) -> None:
    drawn = np.zeros((32, 48, 4), np.uint8)
    drawn[..., :3], drawn[..., 3] = shade, INK * 255
    found = pixels(reading.read(encoded(Image.fromarray(drawn), kind), "x").convert("L"))
    ground = 0 if shade > 127 else 255
    assert np.abs(found - np.where(INK, shade, ground)).mean() < 4


def test_transparency_is_understood_in_every_mode() -> None:
    ink = Image.fromarray((INK * 255).astype(np.uint8))
    with_alpha = Image.merge("LA", [ink, ink])
    palette = Image.fromarray((~INK).astype(np.uint8)).convert("P")
    palette.putpalette([255, 255, 255, 0, 0, 0])
    for data in (
        encoded(with_alpha),
        encoded(palette, transparency=1),
        encoded(palette, transparency=b"\xff\0"),
        encoded(ink, transparency=0),
        encoded(ink.convert("1"), transparency=0),
        encoded(ink.convert("RGB"), transparency=(0, 0, 0)),
    ):
        assert np.array_equal(pixels(reading.read(data, "x").convert("L")), INK * 255)


def test_a_page_with_round_corners_goes_on_as_paper() -> None:
    for paper, ink in ((255, 0), (20, 230)):
        page = np.full((32, 48, 4), 255, np.uint8)
        page[..., :3] = np.where(INK, ink, paper)[..., None]
        page[:3, :3, 3] = page[-3:, -3:, 3] = 0
        found = pixels(reading.read(encoded(Image.fromarray(page)), "x").convert("L"))
        assert np.array_equal(found == paper, ~INK | (page[..., 3] == 0)) or paper != 255
        assert (found[0, 0] > 127) == (paper > 127)


def test_a_hole_cut_into_white_is_dark() -> None:
    page = np.full((32, 48, 4), 255, np.uint8)
    page[..., 3] = ~INK * 255
    assert np.array_equal(
        pixels(reading.read(encoded(Image.fromarray(page)), "x"))[..., 0], ~INK * 255
    )


def test_what_is_wholly_transparent_is_white() -> None:
    assert pixels(reading.read(encoded(Image.new("LA", (4, 4))), "x")).min() == 255


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_half_transparent_pixels_take_as_much_of_the_ground(mode: str) -> None:
    solid = scene().convert(mode[:-1]).point(lambda value: value // 2)
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
