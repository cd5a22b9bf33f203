"""From a set of one's own to a model that every page opens on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import access, table, worker
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from pages.ui.shared import cached
from pages.ui.state.declared import ImageSets, Network, Train
from tests.pages import app_pages
from tests.pages.app_pages import model, press, values, words
from tests.people import ME

pytestmark = pytest.mark.usefixtures("fresh_caches", "me")

opened = partial(app_pages.opened, "image_sets")


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")


@pytest.fixture
def pets() -> str:
    """A set of 60 small pictures in two classes, about 48 of them to train on."""
    collection = PictureCollection()
    for number in range(60):
        coarse = np.random.default_rng(number).integers(0, 256, (6, 6, 3), np.uint8)
        picture = Image.fromarray(coarse).resize((28, 28), Image.Resampling.BICUBIC)
        collection.add(ReadResult(f"{number}.png", ["cat", "dog"][number % 2], picture))
    form = Form(colour=False)
    return saving.save(ME, collection, collection.survey(), form, title="Pets").name


def training_form() -> AppTest:
    """Train, as the button at the set opens it."""
    return press(opened(), "Train on these").switch_page("../train.py").run()


def finished(app: AppTest) -> AppTest:
    """The page after the run that it has just asked for is over."""
    job = table.claim(1)
    assert job is not None and isinstance(job.spec, RunSpec)
    run = runs.start(replace(job.spec, seconds=None, steps=3), on="cpu")
    for _ in runs.watch(run):
        pass
    runs.finish(run)
    table.end(job.id, "finished")
    cached.forget_what_is_here()  # as the page does that watches the run end
    return app.run()


def test_a_kept_set_leads_to_the_form_that_suits_it(pets: str) -> None:
    app = training_form()
    assert not app.exception
    form = values(app, Train)
    assert (form.image_set, form.preset, form.what) == (pets, "wide-32", "autoencoder")
    assert values(app, Network).network_options == {"latent_dim": 8}
    assert "Few small images suit a small dense network" in words(app)
    assert "little to learn from" in words(app)


def test_a_form_that_asks_for_something_else_suggests_what_suits(pets: str) -> None:
    app = app_pages.opened("train", set=pets)
    assert "Few small images" not in words(app)
    app = press(app, "Suggest a network")
    assert values(app, Train).preset == "wide-32"
    assert "Few small images" in words(app)


def test_few_pictures_are_moved_and_mirrored_only_where_that_is_said(pets: str) -> None:
    app = press(training_form(), "Train")
    app.toggle(key="steps-flip").set_value(True).run()
    press(app, "Train")
    specs = [job.spec for job in access.of(ME)]
    asked = [runs.recipe_of(spec) for spec in specs if isinstance(spec, RunSpec)]
    assert [(recipe.shift, recipe.flip) for recipe in asked] == [(2, True), (2, False)]
    many = app_pages.opened("train", set="digits")
    assert "little to learn from" not in words(many)


def test_every_page_opens_on_the_model_once_it_is_there(
    pets: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "is_working", lambda: True)
    app = training_form()
    app = press(app, "Train")
    (job,) = access.of(ME)
    assert model(app) != job.name
    app = finished(app)
    assert "Every page now opens on this model" in words(app)
    app = app.switch_page("../reconstruct.py").run()
    assert not app.exception
    assert model(app) == job.name
    assert values(app, ImageSets) == ImageSets()


def test_a_run_that_learns_by_heart_is_said_to(pets: str) -> None:
    job = access.submit(ME, RunSpec("wide-32", pets, title="Mine"))
    table.claim(1)
    errors = [(0.4, 0.4), (0.2, 0.2), (0.1, 0.3), (0.1, 0.3), (0.1, 0.3)]
    told = [
        {"step": 10 * n, "seconds": float(n), "train": {"bce": train}, "test": {"bce": test}}
        for n, (train, test) in enumerate(errors)
    ]
    table.advance(job.id, {"seconds": 1.0, "seconds_left": 9.0}, told[:2])
    table.end(job.id, "finished")
    assert "by heart: since" not in words(app_pages.opened("train", set="digits"))
    table.advance(job.id, {"seconds": 4.0, "seconds_left": 5.0}, told[2:])
    said = words(app_pages.opened("train", set="digits"))
    assert "by heart: since step 10 its error on training images fell by 50%" in said
    assert "that on test images rose by 50%" in said
