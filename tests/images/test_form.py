"""The form into which pictures are brought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from ae_core.errors import UserError
from ae_core.images.form import Form, formed, is_inverted
from tests.uploads.made_files import (
    picture,
)


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_every_form_has_its_shape(size: int, colour: bool, fit: Any) -> None:
    form = Form(size=size, colour=colour, fit=fit)
    for mode in ("L", "RGB"):
        pixels = formed(picture(size=(90, 20), mode=mode), form)
        assert pixels.shape == form.image_shape == (3 if colour else 1, size, size)
        assert pixels.dtype == np.uint8


def test_other_sizes_and_fits_are_refused() -> None:
    with pytest.raises(UserError, match="28, 32, 64"):
        Form(size=40)
    with pytest.raises(UserError, match="stretch"):
        Form.from_dict({"fit": "stretch"})


def test_cropping_keeps_the_middle_and_padding_keeps_everything_on_the_edges_own_ground() -> None:
    pixels = np.full((20, 60, 3), 200, np.uint8)
    pixels[8:12, 2:6] = (255, 0, 0)
    wide = Image.fromarray(pixels)
    cropped = formed(wide, Form(size=64, colour=True))
    assert (cropped == 200).all()
    padded = formed(wide, Form(size=64, colour=True, fit="pad"))
    assert (padded[:, 0] == 200).all()
    assert padded[1].min() < 50


def test_inverting_swaps_light_and_dark() -> None:
    plain, swapped = (formed(picture(), Form(invert=invert)) for invert in (False, True))
    assert np.array_equal(plain, 255 - swapped)


def test_ink_on_paper_is_found_to_be_inverted_and_digits_are_not(digits: Any) -> None:
    for image in digits.train[:50, 0].numpy():
        assert not is_inverted(Image.fromarray(image))
        assert is_inverted(Image.fromarray(255 - image))
