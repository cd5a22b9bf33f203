"""Train: overfitting, and what is broken on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ae_core.analyses import overfitting
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import analysis_runner
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.pages.app_pages import opened, words
from tests.people import ME

pytestmark = pytest.mark.usefixtures("fresh_caches")


def test_remedies_are_computed_one_by_one_and_then_stand_side_by_side(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overfitting, "STEPS", 20)
    app = opened(
        "train", part="overfitting", set="digits", few="100", remedies="a variational code"
    )
    assert not app.exception and "test image 7" not in words(app)
    analysis_runner.answer_all()
    app.run()
    said = words(app)
    assert not app.exception
    assert (
        "| no remedy |" in said
        and "| a variational code |" in said
        and "| L1 on the code |" not in said
    )
    assert "test image 7, a variational code" in said


@pytest.mark.long
def test_broken_run_stands_beside_the_fixed_one(home: Path) -> None:
    app = opened("train", part="break it", set="digits", fault="another scale")
    analysis_runner.answer_all()
    app.run()
    said = words(app)
    assert not app.exception
    assert "is shown images in [-1, 1]" in said and "The error on test images is" in said
    assert "a 9, broken" in said and "a 9, fixed" in said


def test_few_pictures_without_classes_are_learned_whole_and_every_part_says_what_is_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")
    monkeypatch.setattr(overfitting, "STEPS", 3)
    collection = PictureCollection()
    for number in range(16):
        pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), np.uint8)
        collection.add(ReadResult(f"{number}.png", "", Image.fromarray(pixels)))
    form = Form(size=32, colour=True)
    name = saving.save(ME, collection, collection.survey(), form, title="Few").name
    address = {"set": name, "remedies": "more images"}
    app = opened("train", part="overfitting", **address)
    analysis_runner.answer_all()
    app.run()
    assert not app.exception and "there are no more" in words(app)
    assert "| no remedy |" in words(app) and "| more images |" not in words(app)
    app = opened("train", part="break it", fault="one class only", set=name)
    analysis_runner.answer_all()
    app.run()
    assert not app.exception and "has no two classes with test images" in app.error[0].value


def test_part_that_is_unknown_shows_the_form(home: Path) -> None:
    app = opened("train", part="no such part")
    assert not app.exception and any(button.label == "Train" for button in app.button)
