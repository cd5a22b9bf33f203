"""Collecting an image set picture after picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import image_sets
from ae_core.accounts import ownership
from pages.ui.image_sets.collecting import COLLECTED, Collected
from tests.image_sets.pets import picture
from tests.pages.app_pages import opened, press, words
from tests.people import ME

pytestmark = pytest.mark.usefixtures("fresh_caches")


def photo(seed: int) -> bytes:
    data = io.BytesIO()
    picture(seed, 200).save(data, "JPEG")
    return data.getvalue()


def said(app: AppTest) -> list[str]:
    return [str(each.value) for each in (*app.error, *app.exception)]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")
    found = Collected()
    for number in range(12):
        found.add(photo(number), "camera", "cat" if number % 3 else "a dog")
    app = opened("image_sets")
    app.session_state[COLLECTED] = found
    return app.run()


def test_pictures_are_counted_by_class_and_the_last_one_can_be_taken_back(app: AppTest) -> None:
    assert "**a dog** 4 · **cat** 8" in words(app)
    assert "cat, picture 11" in words(app)
    press(app, "Take the last one back")
    assert "**a dog** 4 · **cat** 7" in words(app)


def test_files_join_the_class_that_is_typed_and_no_class_is_a_folder(app: AppTest) -> None:
    app.text_input(key="image-sets:collected-class").set_value("../owl/x").run()
    app.file_uploader(key="image-sets:more-0").upload("owl.jpg", photo(90), "image/jpeg").run()
    assert said(app) == []
    assert "**a dog** 4 · **cat** 8 · **owl x** 1" in words(app)


def test_what_was_collected_becomes_a_set_and_stays_until_it_is_kept(app: AppTest) -> None:
    press(app, "Look at these 12 pictures")
    assert said(app) == []
    assert "<dt>cat</dt>" in words(app)
    press(app, "Choose other pictures")
    assert "**a dog** 4" in words(app)
    press(app, "Look at these 12 pictures")
    press(app, "Keep these 12")
    assert said(app) == []
    (kept,) = ownership.of(ME, ownership.IMAGE_SET)
    images = image_sets.load(kept.name)
    assert images.classes == ("a dog", "cat")
    assert len(images.train) + len(images.test) == 12
    assert "**a dog** 4 ·" not in words(app)


def test_a_picture_is_collected_as_small_as_an_upload_is_kept() -> None:
    found = Collected()
    Image.new("RGB", (4000, 3000), (20, 90, 30)).save(data := io.BytesIO(), "JPEG")
    found.add(data.getvalue(), "camera", "")
    assert Image.open(io.BytesIO(found.pictures[0])).size == (85, 64)
    assert np.asarray(Image.open(io.BytesIO(found.pictures[0]))).shape == (64, 85, 3)
    assert found.as_files().parts[0].name == "0.png"
