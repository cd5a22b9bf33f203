"""Training a classifier in the app: its form, whose it is, and which one reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import classifiers
from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.classifiers import runs
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import access, states, table
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from pages.ui.shared import cached
from tests.pages import app_pages
from tests.pages.app_pages import model, press, words
from tests.people import ANN, BOB, TEACHER

pytestmark = pytest.mark.usefixtures("fresh_caches")

opened = partial(app_pages.opened, "train", what="classifier")


@pytest.fixture(autouse=True)
def ann(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "ann")


def set_of_ann(*classes: str, count: int = 30, colour: bool = False) -> str:
    """The name of an image set of 28 x 28 pixels, of random pictures in these classes."""
    collection = PictureCollection()
    for number in range(count):
        coarse = np.random.default_rng(number).integers(0, 256, (7, 7, 3), np.uint8)
        label = classes[number % len(classes)]
        collection.add(ReadResult(f"{number}.png", label, Image.fromarray(coarse)))
    form = Form(size=28, colour=colour)
    return saving.save(ANN, collection, collection.survey(), form, title="Hers").name


def said(app: AppTest) -> str:
    return " ".join(warning.value.replace("\\", "") for warning in app.warning)


def kept(
    owner: str = "", *, accuracy: float, checkpoint: str = "digits-tanh-3", seen: bool = False
) -> ClassifierCard:
    """A classifier that says so of its accuracy, of somebody or from the command line."""
    name = ownership.new_name("reader") if owner else "reader"
    if owner:
        ownership.add(Person(owner), name, ownership.CHECKPOINT, "Reader")
    spec = ClassifierSpec(
        checkpoint=checkpoint, image_set="digits", steps=1, threads=1, precision="float32",
        memory_format="contiguous", name=name, title="Reader",
    )  # fmt: skip
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    card = replace(
        runs.finish(run), metrics={"accuracy": accuracy}, encoder_has_seen_test_images=seen
    )
    counts = classifiers.kept_confusion(card)
    found = classifiers.save(card, classifiers.load(name).classifier, counts)
    cached.forget_what_is_here()
    return found


# The form.


def test_link_on_a_models_card_opens_the_form_on_its_encoder_and_its_images() -> None:
    models = app_pages.opened("models", model="digits-dense-49")
    (link,) = [each.proto for each in models.get("page_link")]
    assert link.label == "Train a classifier on this encoder"
    asked = dict(pair.split("=") for pair in link.query_string.lstrip("?").split("&"))
    app = app_pages.opened("train", **asked)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.selectbox(key="encoder").value == "digits-dense-49"
    assert app.selectbox(key="set").value == "digits"


def test_pressed_it_asks_for_what_the_form_says() -> None:
    app = opened(encoder="digits-tanh-3", set="digits", seconds="7")
    app.number_input(key="labels").set_value(50).run()
    app.toggle(key="head-scratch").set_value(True).run()
    assert "on 50 digits" in words(app)
    app = press(app, "Train")
    assert not app.exception
    (job,) = access.of(ANN)
    assert job.spec == ClassifierSpec(
        checkpoint="digits-tanh-3", image_set="digits", labels=50, scratch=True, seconds=7.0,
        threads=1, title="Classifier on tanh-3 · Built-in digits", name=job.name,
    )  # fmt: skip
    assert "Waiting" in str(app.get("progress")[0].proto)


def test_another_encoder_brings_its_images() -> None:
    name = set_of_ann("cat", "dog")
    app = opened(encoder="digits-tanh-3", set=name)
    assert app.selectbox(key="set").value == name
    app.selectbox(key="encoder").set_value("digits-dense-49").run()
    assert app.selectbox(key="set").value == "digits"


def test_encoder_and_images_stay_while_the_form_of_an_autoencoder_is_shown() -> None:
    name = set_of_ann("cat", "dog")
    app = opened(encoder="digits-dense-49", set="digits")
    app.selectbox(key="encoder").set_value("digits-tanh-3").run()
    app.selectbox(key="set").set_value(name).run()
    for what in ("autoencoder", "classifier"):
        app.segmented_control(key="what").set_value(what).run()
        assert not app.exception
    assert app.selectbox(key="encoder").value == "digits-tanh-3"
    assert app.selectbox(key="set").value == name


def test_encoder_that_nobody_chose_leaves_the_images_that_somebody_chose() -> None:
    name = set_of_ann("cat", "dog")
    app = app_pages.opened("train", set=name)
    app.segmented_control(key="what").set_value("classifier").run()
    assert app.selectbox(key="set").value == name


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: set_of_ann(""), "Hers have no labels. Choose another set"),
        (lambda: set_of_ann("cat"), "Hers are of one class, so that there is nothing to tell"),
        (lambda: set_of_ann("cat", "dog", count=19), "Hers has 19 images, and a classifier needs"),
        (
            lambda: set_of_ann("cat", "dog", colour=True),
            "Hers are 3 x 28 x 28, and the encoder takes 1 x 28 x 28",
        ),
    ],
)
def test_images_that_do_not_do_are_refused_with_the_reason(
    made: Callable[[], str], sentence: str
) -> None:
    app = opened(encoder="digits-tanh-3", set=made())
    assert not app.exception
    assert sentence in said(app)
    assert app.button(key="train").disabled


def test_too_few_labelled_images_are_refused_with_the_reason() -> None:
    app = opened(encoder="digits-tanh-3", set="digits")
    assert not app.button(key="train").disabled
    app.number_input(key="labels").set_value(9).run()
    assert "9 labelled images cannot be drawn: take 10 or more" in said(app)
    assert app.button(key="train").disabled


# Whose it is, and which one reads.


def look() -> None:
    import streamlit as st

    from ae_core import checkpoints
    from pages.ui.shared import classifier

    found = classifier.of_model(checkpoints.card("digits-tanh-3"))
    st.text(found.name if found else "")


def reader() -> str:
    """The name of the classifier whose reading Ann sees."""
    app = AppTest.from_function(look).run(timeout=60)
    assert not app.exception
    return str(app.text[0].value)


@pytest.mark.long
def test_the_most_accurate_one_on_the_models_images_reads_whoever_made_it() -> None:
    assert reader() == "mnist-classifier"  # of these images it recognises 94%, of its own 99.6%
    kept("ann", accuracy=0.9)
    assert reader() == "mnist-classifier"
    kept("ann", accuracy=0.95)
    shipped = kept(accuracy=0.97)
    assert reader() == shipped.name
    better = kept("ann", accuracy=0.98)
    assert reader() == better.name


def test_one_whose_encoder_had_seen_the_test_images_says_so_and_reads_last() -> None:
    kept("ann", accuracy=0.99, seen=True)
    assert reader() == "mnist-classifier"
    said_so = "Its encoder had learned from them too"
    assert said_so in words(app_pages.opened("models", model="digits-tanh-3"))
    better = kept("ann", accuracy=0.95)
    assert reader() == better.name


def test_another_persons_neither_reads_nor_is_listed_until_it_comes_by_a_link() -> None:
    his = kept("bob", accuracy=0.98)
    assert reader() == "mnist-classifier"
    address = {"model": "digits-tanh-3", "classifier": his.name}
    app = app_pages.opened("models", **address)
    assert "98.00%" not in words(app)
    ownership.share(BOB, his.name, True)
    app = app_pages.opened("models", **address)
    assert "98.00%" in words(app)
    assert "This one reads the pictures of this model" in words(app)
    assert "98.00%" not in words(app_pages.opened("models", model="digits-tanh-3"))


def test_run_on_an_encoder_that_is_gone_leads_to_no_other_model(home: Path) -> None:
    job = access.submit(ANN, ClassifierSpec(checkpoint="digits-tanh-3", image_set="digits"))
    reader = kept(accuracy=0.9)
    card = replace(reader, name=job.name, started_from="my-gone")
    counts = classifiers.kept_confusion(reader)
    classifiers.save(card, classifiers.load("reader").classifier, counts)
    table.claim(1)
    table.end(job.id, states.FINISHED)
    app = opened()
    assert not app.exception
    assert "See its mistakes" not in [button.label for button in app.button]
    assert "is not here, or is not shared any more" in words(app)
    assert "Delete for good" in [button.label for button in app.button]


def test_finished_run_leads_to_its_mistakes_and_is_deleted_with_its_classifier(
    home: Path,
) -> None:
    job = access.submit(ANN, ClassifierSpec(checkpoint="digits-tanh-3", image_set="digits"))
    reader = kept(accuracy=0.9)
    counts = classifiers.kept_confusion(reader)
    card = replace(reader, name=job.name)
    classifiers.save(card, classifiers.load("reader").classifier, counts)
    table.claim(1)
    values = {"train": {"cross_entropy": 1.0, "error": 0.25}}
    events = [
        {**values, "step": step, "seconds": step, "test": {"cross_entropy": 0.5, "error": 0.125}}
        for step in (1, 2)
    ]
    table.advance(job.id, {}, events)
    table.end(job.id, states.FINISHED)
    app = opened(encoder="digits-tanh-3", set="digits")
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "On test images now: 87.5% recognised" in words(app)
    assert "Open its map" not in [button.label for button in app.button]
    models = press(app, "See its mistakes")
    assert models.title[0].value == "Models"
    assert model(models) == "digits-tanh-3"
    app = app_pages.opened("train")
    app.button(key=f"delete-{job.id}").click().run()
    assert not app.exception
    assert access.of(ANN) == []
    assert not (home / "checkpoints" / job.name).exists()


def test_what_cannot_be_opened_is_deleted_by_its_owner(home: Path) -> None:
    job = access.submit(ANN, ClassifierSpec(checkpoint="digits-tanh-3", image_set="digits"))
    folder = home / "checkpoints" / job.name
    folder.mkdir(parents=True)
    (folder / "classifier.json").write_text("x" * 2**21)
    table.claim(1)
    table.end(job.id, states.FINISHED)
    cached.forget_what_is_here()
    app = opened()
    assert not app.exception
    assert "What it made cannot be opened" in said(app)
    assert "is too large" in said(app)
    app.button(key=f"delete-{job.id}").click().run()
    assert not app.exception
    assert access.of(ANN) == []
    assert not folder.exists()
    assert ownership.get(TEACHER, job.name) is None
