"""A group of images as a zip: a PNG for each, and a table of their classes and codes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from PIL import Image

from ae_core.types import Pixels

TABLE = "codes.csv"


def images_zip(images: Pixels, numbers: Sequence[int], table: str) -> bytes:
    """The images with these numbers, each named by its own, and the table beside them."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for number in numbers:
            picture = io.BytesIO()
            pixels = images[number].permute(1, 2, 0).squeeze(2).numpy()
            Image.fromarray(pixels).save(picture, "PNG")
            file.writestr(f"{number}.png", picture.getvalue())
        file.writestr(TABLE, table, zipfile.ZIP_DEFLATED)
    return written.getvalue()
