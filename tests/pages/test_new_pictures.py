"""Pictures of one's own on Denoise and Codes, from files, by the camera and by the brush."""

from __future__ import annotations

import io
import json
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from tests.pages.app_pages import components, opened, press, words
from tests.pages.test_own_image_sets import a_photo, model_of_mine, said

pytestmark = pytest.mark.usefixtures("fresh_caches")

PAGES = {"denoise": {}, "codes": {"part": "neighbours"}}


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")


def a_bar() -> bytes:
    """Ink on paper."""
    ink = np.full((90, 90), 250, np.uint8)
    ink[20:70, 40:50] = 10
    data = io.BytesIO()
    Image.fromarray(ink).save(data, "PNG")
    return data.getvalue()


def shown(page: str, model: str, way: str, **state: object) -> AppTest:
    """The page with pictures that come in this way."""
    app = opened(page, model=model, **PAGES[page])
    key = "denoise" if page == "denoise" else "neighbours"
    app.session_state[f"{key}:way"] = way
    for name, value in state.items():
        app.session_state[f"{key}:{name}"] = value
    return app.run()


def names(app: AppTest, page: str) -> str:
    """What the images are called that the page shows."""
    if page == "denoise":
        bench = [each.proto for each in components(app)
                 if each.proto.component_name == "denoise_bench"]  # fmt: skip
        return " ".join(json.loads(bench[0].json)["texts"])
    return words(app)


@pytest.mark.parametrize("page", PAGES)
def test_files_and_the_camera_bring_what_the_sets_own_pictures_became(page: str, me: None) -> None:
    model = model_of_mine("ae-2")
    app = shown(page, model, "files")
    app.file_uploader[0].upload("red.png", a_photo(), "image/png").run()
    taken = shown(page, model, "camera", taken=[a_photo()])
    for each, name in ((app, "red.png"), (taken, "picture 1")):
        assert said(each) == ""
        assert name in names(each, page)
        assert "Cropped around the middle, as the set" in words(each)
        assert "32 x 32 pixels" in words(each)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_painted_is_the_image_itself(page: str, me: None) -> None:
    model = model_of_mine("ae-2")
    key = "denoise" if page == "denoise" else "neighbours"
    brush = f"{key}:brush-{checkpoints.card(model).image_set}-brush"
    app = opened(page, model=model, **PAGES[page])
    app.session_state[f"{key}:way"] = "brush"
    app.session_state[brush] = {"drawing": f"data:,{b64encode(a_photo()).decode()}"}
    app.run()
    assert said(app) == ""
    assert "drawing" in names(app, page)
    assert "On the way there" not in words(app)


def test_a_digit_that_is_painted_is_centred_as_the_sets_are() -> None:
    app = opened("codes", model="digits-dense-49", part="neighbours")
    app.session_state["neighbours:way"] = "brush"
    app.session_state["neighbours:brush-digits-brush"] = {
        "drawing": f"data:,{b64encode(a_bar()).decode()}"
    }
    app.run()
    assert said(app) == ""
    assert "On the way there" in words(app)
    assert "of those by pixels 5 are 1" in words(app)


def test_pictures_by_the_camera_are_kept_until_one_starts_again() -> None:
    app = shown("denoise", "digits-dense-49", "camera", taken=[a_bar(), b"no picture", a_bar()])
    assert "picture 1 picture 3" in names(app, "denoise")
    assert "picture 2: " in words(app)
    press(app, "Start again")
    assert "test image" in names(app, "denoise")
    assert "picture 1" not in names(app, "denoise")
