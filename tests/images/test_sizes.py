"""Sizes by the beginning of a file alone."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageFile

from ae_core.images import formats, sizes
from tests.images.made_pictures import encoded, scene

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("WEBP", {}),
    ("WEBP", {"lossless": True}), ("GIF", {}),
    ("WEBP", {"save_all": True, "append_images": [scene().rotate(180)]}),
    ("BMP", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("AVIF", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_size_is_read_without_a_decoder_and_not_guessed_from_too_little(
    kind: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(scene(), kind, **options)
    monkeypatch.setattr(Image, "open", lambda *_: pytest.fail("Pillow was asked"))
    monkeypatch.setattr(ImageFile.ImageFile, "__init__", lambda *_: pytest.fail("it was asked"))
    found = [sizes.size_of(data[:end], formats.kind_of(data)) for end in range(len(data) + 1)]
    assert found[-1] == (48, 32)
    assert set(found) == {None, (48, 32)}


def test_a_frame_that_reaches_beyond_the_screen_of_a_gif_counts() -> None:
    data = bytearray(encoded(scene(), "GIF"))
    place = data.index(b",", 13 + 3 * 256)
    data[place + 5 : place + 7] = (9_000).to_bytes(2, "little")
    assert sizes.size_of(bytes(data), "GIF") == (9_000, 32)


@pytest.mark.parametrize(
    ("kind", "options", "work"),
    [("JPEG", {}, 384), ("JPEG", {"progressive": True}, 1536), ("PNG", {}, 1536)],
)
def test_a_jpeg_of_one_scan_counts_a_quarter(kind: str, options: dict[str, Any], work: int) -> None:
    assert sizes.work_of(encoded(scene(), kind, **options), kind) == work
