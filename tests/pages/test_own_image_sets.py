"""Every page with a model of somebody's own pictures: in colour, in three classes."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.pages.app_pages import code, opened, press, words
from tests.people import ME

pytestmark = pytest.mark.usefixtures("fresh_caches")

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("home", "reconstruct", "latent_space", "denoise", "models", "train", "image_sets")


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")
    return "me"


def model_of_mine(preset: str, *, colour: bool = True) -> str:
    """A model on 60 pictures of mine, trained for a moment; mine too."""
    collection = PictureCollection()
    for number in range(60):
        coarse = np.random.default_rng(number).integers(0, 256, (6, 6, 3), np.uint8)
        picture = Image.fromarray(coarse).resize((32, 32), Image.Resampling.BICUBIC)
        collection.add(ReadResult(f"{number}.png", ["cat", "dog", "*x*"][number % 3], picture))
    form = Form(size=32, colour=colour)
    images = saving.save(ME, collection, collection.survey(), form, title="Pets")
    name = ownership.new_name("mine")
    ownership.add(ME, name, ownership.CHECKPOINT, "Mine")
    spec = RunSpec(preset, images.name, steps=5, name=name, title="Mine", keep_codes=True)
    run = runs.start(spec)
    for _ in runs.watch(run):
        pass
    return runs.finish(run).name


def said(app: AppTest) -> str:
    return " ".join(str(each.value) for each in (*app.error, *app.exception, *app.warning))


@pytest.mark.parametrize(
    "preset",
    [
        "ae-2",
        "conditional-vae-12",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("vae-2", "sparse-16", "vae-conv-2")
        ),
    ],
)
def test_every_page_shows_a_model_of_ones_own_pictures(me: str, preset: str) -> None:
    name = model_of_mine(preset)
    for script in PAGES:
        app = opened(script, model=name)
        assert not app.exception, (script, said(app))
        assert not app.error, (script, said(app))


@pytest.mark.usefixtures("server_decodes")
@pytest.mark.parametrize("preset", ["ae-2", "tanh-3"])
def test_server_decodes_them_too(me: str, preset: str) -> None:
    name = model_of_mine(preset, colour=preset == "ae-2")
    for view in ("codes", "decoded"):
        app = opened("latent_space", model=name, view=view)
        assert not app.exception, said(app)
        assert not app.error, said(app)
        assert "test images do not tell where their cloud ends" in words(app)


def test_somebody_elses_model_is_not_there_and_its_images_never_are(
    me: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = model_of_mine("ae-2")
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "you")
    assert "belongs to somebody else and is not shared" in said(opened("models", model=name))
    ownership.share(ME, name, True)
    app = opened("reconstruct", model=name)
    assert not app.exception
    assert "are not here, or not yours" in said(app)
    assert not opened("latent_space", model=name).exception


def test_digits_stand_in_for_the_images_of_a_set_that_is_gone() -> None:
    kept = checkpoints.load("digits-dense-49")
    checkpoints.save(replace(kept.card, name="gone-49", image_set="gone"), kept.model)
    app = opened("reconstruct", model="gone-49")
    assert said(app) == ""
    assert "the built-in digits stand in for them" in words(app)
    assert "MNIST" not in words(app)


def a_photo(side: int = 90) -> bytes:
    data = io.BytesIO()
    Image.fromarray(np.full((side, 2 * side, 3), (200, 30, 30), np.uint8)).save(data, "PNG")
    return data.getvalue()


def test_pictures_of_ones_own_are_drawn_again_however_they_come(me: str) -> None:
    name = model_of_mine("ae-2")
    app = opened("reconstruct", model=name, source="upload")
    assert "Bring a picture of your own" in words(app)
    app.file_uploader[0].upload("red.png", a_photo(), "image/png").run()
    taken = opened("reconstruct", model=name, source="camera")
    taken.session_state["reconstruct:taken"] = a_photo()
    taken.run()
    for page in (app, taken):
        assert said(page) == ""
        for part in ("As it came", "Cropped around the middle, as the set", "32 x 32 pixels"):
            assert part in words(page)
        assert "The picture as the model draws it again" in words(page)
    press(app, "Its place on the map")
    assert app.title[0].value == "Latent space"
    assert len(code(app)) == 2
    painted = opened("reconstruct", model=name, source="draw")
    brush = f"painting-{checkpoints.card(name).image_set}-brush"
    painted.session_state[brush] = {"drawing": f"data:,{b64encode(a_photo()).decode()}"}
    painted.run()
    assert said(painted) == ""
    assert "The picture as the model draws it again" in words(painted)
    painted.session_state[brush] = {"drawing": "data:,AAAA"}
    assert "is damaged or is not a picture" in said(painted.run())
