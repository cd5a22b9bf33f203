"""The page Codes as Streamlit runs it: every part, every shipped model, and bad input."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.analyses import few_labels
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import analysis_runner
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from pages.ui.state.declared import Codes
from tests.pages.app_pages import components, model, opened, press, values, words
from tests.people import ME
from tests.shipped import of_the_digits

pytestmark = pytest.mark.usefixtures("fresh_caches")

PARTS = Codes.declaration("part").choices


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classifiers that are trained for a moment: the page shows what they do, however well."""
    monkeypatch.setattr(few_labels, "TRIED_SECONDS", 0.0)
    monkeypatch.setattr(few_labels, "LONGEST_SECONDS", 1.0)


def answered(**address: str) -> AppTest:
    """The page once everything that it asks is worked out."""
    opened("codes", **address)
    analysis_runner.answer_all()
    return opened("codes", **address)


def errors(app: AppTest) -> list[str]:
    return [each.value for each in (*app.error, *app.exception)]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.one_in(2)
def test_every_part_works_with_the_built_in_digits(part: str) -> None:
    app = answered(model="digits-dense-49", part=part)
    assert errors(app) == []
    assert part != "one number at a time" or "z[0]" in words(app)


@of_the_digits
@pytest.mark.parametrize("part", ["one number at a time", "arithmetic", "neighbours"])
@pytest.mark.one_in(9)
def test_parts_that_answer_at_once_work_with_every_shipped_model(part: str, name: str) -> None:
    app = opened("codes", model=name, part=part)
    assert errors(app) == []
    assert model(app) == name


def test_each_number_is_named_by_what_it_was_measured_to_do() -> None:
    app = opened("codes", model="digits-vae-conv-2")
    assert "not measured yet" in words(app)
    analysis_runner.answer_all()
    app = opened("codes", model="digits-vae-conv-2")
    assert "not measured yet" not in words(app)
    assert "r = " in words(app)


def test_tapped_image_in_the_address_is_the_one_whose_neighbours_are_shown() -> None:
    app = opened("codes", model="digits-dense-49", part="neighbours", digit="17")
    assert "test image 17" in words(app)
    assert "the two rows share" in words(app)
    far = opened("codes", model="digits-dense-49", part="neighbours", digit="999999")
    assert errors(far) == []


def test_sum_of_a_digit_and_itself_less_itself_is_the_digit() -> None:
    app = opened("codes", model="digits-dense-49", part="arithmetic", a="5", b="9", c="9")
    data = json.loads(components(app)[0].proto.json)
    (a, _, _), (b, _, _), (c, _, _) = data["slots"]
    assert data["total"][0] == a
    assert b == c != a
    assert "among the codes of real images" in words(app)


def test_direction_says_how_reliable_it_is_and_too_few_images_how_many_more() -> None:
    good = opened("codes", model="digits-dense-49", part="arithmetic", compute="a direction")
    assert errors(good) == []
    assert "keeps a cosine of" in words(good)
    one_class = {"direction": "class to class", "from-class": "3", "to-class": "8"}
    good = opened("codes", model="digits-dense-49", part="arithmetic", compute="a direction",
                  **one_class)  # fmt: skip
    assert "Class to class" in words(good)


def test_code_of_two_numbers_needs_no_map_and_the_page_says_where_it_is() -> None:
    app = opened("codes", model="digits-vae-conv-2", part="maps")
    assert "Latent space" in app.info[0].value
    assert errors(app) == []


def test_model_whose_codes_are_no_numbers_is_named_and_the_controls_stay() -> None:
    kept = checkpoints.load("digits-deep-49")
    config = {**kept.card.config, "widths": [64] * 8}
    model = checkpoints.build("deep", config, (1, 28, 28))
    for parameter in model.parameters():
        torch.nn.init.constant_(parameter, 1e4)  # nine layers of it are beyond float32
    checkpoints.save(replace(kept.card, name="overflows", config=config), model)
    for part in PARTS:
        app = answered(model="overflows", part=part)
        assert [each.value for each in app.exception] == [], part
        if part not in ("features", "factors"):  # which ask nothing of the codes of digits
            assert re.search("0 are finite numbers|are not finite numbers", words(app)), part
        assert values(app, Codes).part == part


def mine(preset: str, labels: list[str], *, colour: bool = True, count: int = 60) -> str:
    """A model on pictures of mine, trained for a moment."""
    collection = PictureCollection()
    for number in range(count):
        coarse = np.random.default_rng(number).integers(0, 256, (6, 6, 3), np.uint8)
        picture = Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC)
        collection.add(ReadResult(f"{number}.png", labels[number % len(labels)], picture))
    form = Form(size=64, colour=colour)
    images = saving.save(ME, collection, collection.survey(), form, title="Pets")
    name = ownership.new_name("mine")
    ownership.add(ME, name, ownership.CHECKPOINT, "Mine")
    run = runs.start(RunSpec(preset, images.name, steps=5, name=name, title="Mine",
                             keep_codes=True))  # fmt: skip
    for _ in runs.watch(run):
        pass
    return runs.finish(run).name


@pytest.fixture
def _me(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")


@pytest.mark.usefixtures("_me")
@pytest.mark.parametrize(
    "labels",
    [
        pytest.param([""], marks=pytest.mark.long, id="unlabelled"),
        pytest.param(["cat", "dog", "*x*"], id="classes"),
    ],
)
@pytest.mark.long
def test_few_large_colour_images_give_reasons_and_no_failure(labels: list[str]) -> None:
    name = mine("ae-16", labels)
    for part in PARTS:
        app = answered(model=name, part=part)
        assert [each.value for each in app.exception] == [], part
        if part == "maps":
            umap = answered(model=name, part=part, **{"way-of-map": "umap"})
            assert "This map needs 50 codes" in words(umap)
        if part == "features" and labels == [""]:
            assert words(app).count("two classes or more") == 1
        if part in ("one number at a time", "used and dead", "neighbours", "maps"):
            assert not app.error, part
    app = opened("codes", model=name, part="arithmetic", compute="a direction")
    assert "more" in app.error[0].value
    assert "needs 20 at either end" in app.error[0].value
    assert app.slider  # the controls stay


@pytest.mark.long
def test_classifiers_are_trained_once_somebody_asks_for_them_and_not_by_a_look() -> None:
    app = answered(model="digits-dense-49", part="features")
    assert errors(app) == []
    offered = [each.label for each in app.button if each.label.startswith("Classifiers on")]
    assert len(offered) == 2
    assert all(label.endswith(": compute") for label in offered)
    press(app, "Classifiers on all")
    analysis_runner.answer_all()
    app = opened("codes", model="digits-dense-49", part="features")
    assert "taken for" in words(app)
    assert not [each for each in app.button if each.label.startswith("Classifiers on all")]


@pytest.mark.usefixtures("_me")
def test_page_whose_question_made_room_for_another_offers_to_ask_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("answers_waiting = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    left = opened("codes", model="digits-dense-49")
    looked_at = opened("codes", model="digits-tanh-3")
    for _ in range(2):  # neither page drops the question of the other by being drawn again
        assert [each.label for each in left.run().button if "compute again" in each.label]
        assert [each.label for each in looked_at.run().button if each.label == "Stop"]
    assert errors(left) == errors(looked_at) == []
