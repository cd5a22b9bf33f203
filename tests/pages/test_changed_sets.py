"""A set that its owner changes on *Image sets*, and what models of the former version then say."""

from __future__ import annotations

import re
from functools import partial

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints, image_sets
from ae_core.accounts import ownership
from ae_core.image_sets import ImageSet, changing
from ae_core.image_sets.stored import SetCard
from ae_core.images.form import Form
from ae_core.jobs import analysis_runner
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.image_sets.pets import collection_of, saved
from tests.pages import app_pages
from tests.pages.app_pages import press, words
from tests.people import ME

pytestmark = pytest.mark.usefixtures("fresh_caches", "me")

opened = partial(app_pages.opened, "image_sets")


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")


@pytest.fixture
def pets() -> SetCard:
    """A set of 60 grey images in two classes."""
    return saved(collection_of(60, lambda n: ["cat", "dog"][n % 2]), Form(), title="Pets")


def changing_form(card: SetCard) -> AppTest:
    app = opened()
    app.session_state[f"change-{card.name}"] = True
    return app.run()


def model_of(card: SetCard) -> str:
    name = ownership.new_name("mine")
    ownership.add(ME, name, ownership.CHECKPOINT, "Mine")
    run = runs.start(RunSpec("tanh-3", card.name, steps=3, name=name, keep_codes=True))
    for _ in runs.watch(run):
        pass
    return runs.finish(run).name


def test_name_and_words_are_given_in_one_form(pets: SetCard) -> None:
    app = changing_form(pets)
    for number, word in enumerate(["Leaves", "leaf", "leaves"]):
        app.text_input(key=f"word-{number}-{pets.name}").set_value(word)
    app = press(app, "Save")
    assert not app.exception
    assert image_sets.load(pets.name).title == "Leaves"
    assert "60 leaves: " in words(app)
    assert "of training on" in words(form := app_pages.opened("train", set=pets.name))
    assert "leaves, and " in words(form)


def test_a_class_is_renamed_and_then_joined_with_another(pets: SetCard) -> None:
    app = changing_form(pets)
    app.selectbox(key=f"class-{pets.name}").set_value("cat").run()
    app.text_input(key=f"class-name-{pets.name}").set_value("wolf").run()
    app = press(app, "Rename the class")
    assert image_sets.load(pets.name).classes == ("wolf", "dog")
    app.text_input(key=f"class-name-{pets.name}").set_value("dog").run()
    app = press(app, "Make one of both")
    assert not app.exception
    assert image_sets.load(pets.name).classes == ("dog",)


@pytest.mark.long
def test_clusters_of_a_set_without_labels_need_a_model_and_become_its_classes(
    digits: ImageSet,
) -> None:
    collection = PictureCollection()
    zeros_and_ones = digits.train[digits.train_labels < 2][:120, 0].numpy()
    for number, pixels in enumerate(zeros_and_ones):
        collection.add(ReadResult(f"{number}.png", "", Image.fromarray(pixels)))
    card = saved(collection, Form(), title="Digits without labels")
    assert "Train a model on these pictures first" in words(changing_form(card))
    name = model_of(card)
    press(changing_form(card), "Clusters: compute")
    analysis_runner.answer_all()
    app = changing_form(card)
    assert re.search(r"cluster 1: \d+ pictures", words(app))
    app = press(app, "Make these its classes")
    assert not app.exception
    images = image_sets.load(card.name)
    assert images.classes[:2] == ("cluster 1", "cluster 2")
    assert checkpoints.card(name).image_set_sha256 == images.sha256
    assert app.selectbox(key=f"class-{card.name}").options[0] == "cluster 1"
    assert not app_pages.opened("latent_space", model=name).exception


def test_marked_pictures_are_taken_out(pets: SetCard) -> None:
    app = changing_form(pets)
    assert next(each for each in app.button if each.label.startswith("Take out")).disabled
    app.session_state[f"marked-{pets.sha256}"] = {0, pets.train}
    app = press(app.run(), "Take out 2 pictures")
    assert not app.exception
    found = image_sets.load(pets.name)
    assert (len(found.train), len(found.test)) == (pets.train - 1, pets.test - 1)
    assert "58 pictures: " in words(app)


def test_what_cannot_be_changed_is_said(pets: SetCard) -> None:
    app = changing_form(pets)
    app.session_state[f"marked-{pets.sha256}"] = set(range(60))
    app = press(app.run(), "Take out 60 pictures")
    assert "needs at least 10 pictures" in " ".join(each.value for each in app.error)
    assert len(image_sets.load(pets.name).train) == pets.train


def test_a_model_says_what_it_learned_from_when_the_set_has_changed(pets: SetCard) -> None:
    name = model_of(pets)
    before = words(app_pages.opened("models", model=name))
    assert f"{pets.train} training images" in before
    assert "cat, dog" in before
    assert "has changed since" not in before
    changing.drop(ME, image_sets.load(pets.name).key, train=[0, 1])
    changing.rename_class(ME, image_sets.load(pets.name).key, "cat", "dog")
    after = words(app_pages.opened("models", model=name))
    assert f"{pets.train} training images" in after
    assert "cat, dog" in after
    assert "has changed since: it has 58 pictures now" in after
    for page in ("latent_space", "reconstruct"):
        app = app_pages.opened(page, model=name)
        assert not app.exception
        assert [each.value for each in app.error] == []
    assert "have changed since this model learned" in words(app)
