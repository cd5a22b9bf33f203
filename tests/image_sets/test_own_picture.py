"""Pictures that somebody brings become what the pictures of the set became."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ae_core import image_sets
from ae_core.errors import UserError
from ae_core.image_sets import own_picture, stored
from ae_core.images import digit_form
from ae_core.images.form import Form
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.image_sets.pets import collection_of, picture, saved


def wide(seed: int, mode: str = "RGB") -> Image.Image:
    return picture(seed, 300).resize((400, 300)).convert(mode)


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("invert", [True, False])
def test_a_picture_of_the_set_becomes_the_very_image_of_the_set(
    colour: bool, fit: Any, invert: bool
) -> None:
    collection = PictureCollection()
    for number in range(12):
        collection.add(ReadResult(f"{number}.png", str(number), wide(number)))
    card = saved(collection, Form(size=32, colour=colour, fit=fit, invert=invert))
    found = image_sets.load(card.name)
    for part, labels in ((found.train, found.train_labels), (found.test, found.test_labels)):
        for image, label in zip(part, labels, strict=True):
            seed = int(found.classes[label])
            steps = own_picture.steps(wide(seed), card.name, found.image_shape, found)
            assert torch.equal(own_picture.image_of(steps)[0], image)
    titles = [step.title for step in steps]
    assert titles[0] == "As it came"
    assert "Square" in titles
    assert ("Grey" in titles) is not colour
    assert ("Light and dark" in titles) is invert


def test_digits_go_mnists_way() -> None:
    ink = np.full((90, 60), 250, np.uint8)
    ink[20:70, 28:34] = 10
    drawn = Image.fromarray(ink)
    steps = own_picture.steps(drawn, "digits", (1, 28, 28))
    assert [step.title for step in steps] == [each.title for each in digit_form.digit_steps(drawn)]
    assert own_picture.image_of(steps).shape == (1, 1, 28, 28)


def test_where_it_is_not_known_ink_on_paper_becomes_light_on_dark_as_the_set_is() -> None:
    found = image_sets.load(saved(collection_of(12), Form(size=28)).name)
    dark = torch.zeros_like(found.test)
    dark[:, :, 10:18, 10:18] = 200
    unknown = replace(found, fit="", invert=False, test=dark)
    paper = np.full((60, 60), 240, np.uint8)
    paper[25:35, 25:35] = 0
    for ground, corner in ((unknown, 15), (replace(unknown, test=255 - dark), 240)):
        steps = own_picture.steps(Image.fromarray(paper), "pets", (1, 28, 28), ground)
        assert int(own_picture.image_of(steps)[0, 0, 0, 0]) == corner


def test_images_that_are_not_square_are_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match="images of 40 x 20"):
        own_picture.steps(wide(0), "other", (1, 20, 40))


def test_a_set_from_before_opens_and_one_that_lies_about_its_form_does_not() -> None:
    card = saved(collection_of(12), Form(size=28, fit="pad", invert=True))
    assert (card.fit, card.invert) == ("pad", True)
    path = stored.root() / card.name / stored.CARD
    values = json.loads(path.read_text("utf-8"))
    before = {name: each for name, each in values.items() if name not in ("fit", "invert")}
    path.write_text(json.dumps(before), "utf-8")
    assert image_sets.load(card.name).fit == ""
    path.write_text(json.dumps({**before, "fit": "stretch"}), "utf-8")
    with pytest.raises(UserError, match="not a whole image set"):
        image_sets.load(card.name)
