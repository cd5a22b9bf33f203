"""A group of images as a zip."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import torch
from PIL import Image

from ae_core.export import image_groups


def test_zip_has_the_images_pixel_by_pixel_and_the_table() -> None:
    for channels in (1, 3):
        images = torch.randint(0, 256, (5, channels, 6, 4)).to(torch.uint8)
        with zipfile.ZipFile(io.BytesIO(image_groups.images_zip(images, [4, 1], "a\n1\n"))) as file:
            assert file.namelist() == ["4.png", "1.png", "codes.csv"]
            assert file.read("codes.csv") == b"a\n1\n"
            seen = np.asarray(Image.open(io.BytesIO(file.read("4.png"))))
        assert (seen.reshape(6, 4, channels) == images[4].permute(1, 2, 0).numpy()).all()
