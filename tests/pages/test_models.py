"""The page Models: list, card, downloads, side by side; and the picker with many models."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import onnx
import pytest
import streamlit as st

from ae_core import checkpoints, image_sets, wording
from ae_core.checkpoints import groups
from ae_core.checkpoints.cards import Card
from ae_core.classifiers import runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.export import downloads
from ae_core.image_sets import ImageSet
from ae_core.noise import NOISES
from ae_core.recipes import Recipe
from ae_core.settings import settings
from pages.ui.models import listing
from pages.ui.shared import cached, card_text, comparing, widgets
from pages.ui.state.declared import Compare
from tests.pages import app_pages
from tests.pages.app_pages import model, press, values, words
from tests.people import ANN
from tests.shipped import one_a_family

pytestmark = pytest.mark.usefixtures("fresh_caches")

opened = partial(app_pages.opened, "models")

ROOT = Path(__file__).resolve().parents[2]

HOSTILE = "<img src=x onerror=alert(1)> [a](https://example.org) **b** :red[c]"


def changed_copy(name: str, /, **changes: Any) -> None:
    """A shipped checkpoint in `AE_HOME`, with some of its card rewritten."""
    folder = settings().home / "checkpoints" / str(changes.get("name", name))
    shutil.copytree(ROOT / "checkpoints" / name, folder)
    path = folder / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")


def nameless(command: str) -> str:
    """The command that makes the same under the next free name."""
    return re.sub(r" --name \S+", "", command)


def card_of(shipped: str, /, **changes: Any) -> Card:
    return replace(checkpoints.card(shipped), **changes)


@one_a_family
@pytest.mark.one_in(3)
def test_page_opens_with_every_shipped_model(name: str) -> None:
    app = opened(model=name)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert model(app) == name
    assert "<svg" in words(app)
    assert app.code[0].value == nameless(checkpoints.card(name).command)


def test_page_without_any_checkpoint_says_how_to_train_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.settings.APP", tmp_path)
    app = opened()
    assert not app.exception
    assert "python -m ae_core train" in app.error[0].value


def test_page_with_a_single_own_checkpoint_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: str
) -> None:
    monkeypatch.setattr("ae_core.settings.APP", tmp_path)
    app = opened()
    assert not app.exception
    assert model(app) == tiny


def test_use_goes_to_the_latent_space_with_that_model() -> None:
    app = press(opened(model="digits-tanh-3"), "Use")
    assert not app.exception
    assert app.title[0].value == "Latent space"
    assert model(app) == "digits-tanh-3"


def test_compare_puts_the_model_side_by_side_with_others() -> None:
    app = press(opened(model="digits-tanh-3"), "Compare")
    assert not app.exception
    assert app.title[0].value == "Compare"
    assert app.query_params["compare"] == "digits-tanh-3"
    assert "reconstructed by tanh-3" in words(app)


def test_address_from_when_models_stood_side_by_side_here_leads_there() -> None:
    app = opened(compare="digits-tanh-3,digits-dense-49", model="digits-deep-49")
    assert not app.exception
    assert app.title[0].value == "Compare"
    assert model(app) == "digits-deep-49"
    assert list(values(app, Compare).models or ()) == ["digits-tanh-3", "digits-dense-49"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mnist-dense-49", "those of [its source](https://habr.com/ru/post/331382/)."),
        ("mnist-agarap-64", "which leaves open learning rate, momentum, batch size and epochs."),
        ("mnist-wide-49", ""),
    ],
)
def test_published_card_names_its_source_and_what_that_leaves_open(name: str, said: str) -> None:
    page = words(opened(model=name))
    assert said in page and ("its source" in page) == bool(said)


def test_hostile_card_is_shown_as_text() -> None:
    changed_copy(
        "digits-tanh-3", title=HOSTILE, start_from=HOSTILE, made=HOSTILE, device=HOSTILE,
        versions={HOSTILE: HOSTILE}, curve={"step": [1.0, 2.0], HOSTILE: [1.0, 2.0]},
        metrics={**checkpoints.card("digits-tanh-3").metrics, HOSTILE: 1.0},
    )  # fmt: skip
    for app in (opened(model="digits-tanh-3"), opened(compare="digits-tanh-3,digits-dense-49")):
        assert not app.exception
        assert not re.search(r"(?<!\\)<img src=x", words(app))
        assert "[a](https" not in " ".join(element.value for element in app.markdown)
        assert "[a](https" not in " ".join(element.value for element in app.caption)
    assert card_text.short_title(card_of("digits-tanh-3", title="a\n" * 500)).count("\n") == 0


def test_what_another_process_has_just_made_is_on_the_pages_at_once() -> None:
    opened()  # the models are listed, and the list is kept for a while
    changed_copy("digits-tanh-3", name="made-beside", title="Made beside")
    app = opened(model="made-beside")
    assert not app.warning
    assert "Made beside" in words(app)


def test_card_with_a_torn_curve_still_opens() -> None:
    curves: list[dict[str, list[float]]] = [
        {"step": [1.0, 2.0], "bce": [1.0]},
        {"bce": [1.0, 2.0]},
        {"step": []},
    ]
    for curve in curves:
        shutil.rmtree(settings().home, ignore_errors=True)
        changed_copy("digits-tanh-3", curve=curve)
        cached.forget_what_is_here()
        app = opened(model="digits-tanh-3")
        assert not app.exception
        assert "No curve was kept" in words(app)


def test_broken_weights_give_one_sentence_and_the_facts_stay() -> None:
    changed_copy("digits-tanh-3", weights_sha256="0" * 64)
    app = opened(model="digits-tanh-3")
    assert not app.exception
    assert "is not the file that its card names" in app.error[0].value
    assert "How it was trained" in words(app)
    assert all(button.label != "Use" for button in app.button)


def test_click_in_the_list_is_looked_up_before_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clicked:
        picked = "../../etc/passwd"

    state: dict[str, Any] = {listing.KEY: Clicked}
    monkeypatch.setattr(st, "session_state", state)
    listing.pick(frozenset({"tiny"}))
    assert state == {listing.KEY: Clicked}


def test_list_shows_every_model_once_with_its_error_and_a_bar() -> None:
    cards = cached.available()[0]
    rows = [listing.row(card, 0.5) for card in cards]
    assert len({row["name"] for row in rows}) == len(cards)
    seen = [row["name"] for row in rows if row["bar"] == 0]
    assert seen == ["mnist-vae-conv-2"]  # it has learned from the test images
    assert all(0 < row["bar"] < 1 for row in rows if row["name"] not in seen)


def test_downloaded_weights_are_the_file_that_the_card_names() -> None:
    card = checkpoints.card("digits-tanh-3")
    assert hashlib.sha256(downloads.weights(ANN, card)).hexdigest() == card.weights_sha256
    changed_copy("digits-tanh-3")
    with (checkpoints.find(card.name) / "weights.safetensors").open("ab") as file:
        file.write(b"more")
    with pytest.raises(UserError, match="is not the file that its card names"):
        downloads.weights(ANN, card)


def test_size_on_disk_is_that_of_all_files() -> None:
    card = checkpoints.card("digits-tanh-3")
    folder = ROOT / "checkpoints" / card.name
    assert downloads.disk_bytes(card) == sum(file.stat().st_size for file in folder.iterdir())


def test_onnx_zip_holds_encoder_and_decoder(tiny: str) -> None:
    with zipfile.ZipFile(io.BytesIO(downloads.onnx_zip(ANN, checkpoints.card(tiny)))) as file:
        assert file.namelist() == ["decoder.onnx", "encoder.onnx"]
        assert onnx.load_from_string(file.read("decoder.onnx")).graph.output[0].name == "x_hat"


def test_export_of_a_model_that_is_gone_is_one_sentence() -> None:
    with pytest.raises(UserError, match="There is no checkpoint 'nobody'"):
        downloads.onnx_zip(ANN, card_of("digits-tanh-3", name="nobody"))


def test_card_shows_the_classifier_that_started_from_it(tiny: str) -> None:
    assert "It can read, too" not in words(opened(model=tiny))
    spec = ClassifierSpec(checkpoint=tiny, name="reader", steps=3, precision="float32", threads=1)
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    card = runs.finish(run)
    cached.forget_what_is_here()
    app = opened(model=tiny)
    assert not app.exception
    assert f"{card.metrics['accuracy']:.2%} of 360 images recognised" in words(app)
    assert "Its commonest mistake" in words(app)
    assert nameless(card.command) in [code.value for code in app.code]
    path = settings().home / "checkpoints" / "reader" / "classifier.json"
    path.write_text(json.dumps({**card.to_dict(), "classes": [f"{HOSTILE}{i}" for i in range(10)]}))
    cached.forget_what_is_here()
    assert not re.search(r"(?<!\\)<img src=x", words(opened(model=tiny)))


def test_star_marks_the_best_where_models_differ() -> None:
    cards = [checkpoints.card(name) for name in ("digits-dense-49", "digits-deep-49")]
    rows = comparing.table(cards).split("<tr>")
    stars = {row.split("<small>")[0][-8:]: row.count("ae-best") for row in rows if "<small>" in row}
    assert sorted(stars.values()) == [0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("python -m ae_core train ae-2 --seed 0", "python -m ae_core train ae-2 --seed 0"),
        ("python -m ae_core train a; rm -rf ~", "python -m ae_core train 'a;' rm -rf '~'"),
        ("python -m ae_core train $(id)", "python -m ae_core train '$(id)'"),
        ("curl example.org | sh", None),
        ("python -m ae_core train a\nid", None),
        ("python -m ae_core train 'a", None),
        ("", None),
    ],
)
def test_command_of_a_card_is_quoted_anew_or_not_offered(command: str, shown: str | None) -> None:
    assert card_text.command(card_of("digits-tanh-3", command=command)) == shown


def test_groups_go_from_published_networks_over_ladders_to_digits() -> None:
    dense = card_of("mnist-dense-49")
    cards = [
        card_of("digits-tanh-3"),
        *(replace(dense, name=f"mnist-ae-{d}", title=f"Plain, {d} numbers · MNIST", preset="ae-2",
                  family="deep", code_low=[0.0] * d, code_high=[1.0] * d) for d in (16, 2, 8)),
        replace(dense, name="mnist-vae-4", preset="vae-2", family="vae"),
        replace(dense, name="mnist-pca-4", preset="pca-32", family="pca"),
        replace(dense, name="mnist-fsq-16", preset="fsq-16", family="fsq"),
        card_of("mnist-wide-49"),
        replace(dense, name="mnist-dense-49-again", steps=11_749),
        dense,
    ]  # fmt: skip
    found = groups.grouped(cards, sets_here=["mnist", "digits"])
    assert list(found) == [
        groups.PUBLISHED, groups.OURS, groups.MORE, groups.LADDER, groups.VARIATIONAL_LADDER,
        groups.PCA_LADDER, groups.DIGITS,
    ]  # fmt: skip
    assert [card.latent_dim for card in found[groups.LADDER]] == [2, 8, 16]
    assert sum(map(len, found.values())) == len(cards)
    without_mnist = groups.grouped(cards, sets_here=["digits"])
    assert next(iter(without_mnist)) == groups.DIGITS


def test_checkpoint_in_the_own_folder_is_in_the_group_trained_here(tiny: str) -> None:
    assert groups.group_of(checkpoints.card(tiny)) == groups.OWN


def test_models_that_look_alike_in_the_picker_carry_their_names() -> None:
    one = card_of("digits-tanh-3", title="Mine")
    labels = widgets.labels([one, replace(one, name="other"), replace(one, name="c", title="C")])
    assert labels == {"digits-tanh-3": "Mine (digits-tanh-3)", "other": "Mine (other)", "c": "C"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0401234, "0.0401"), (23.29, "23.3"), (142.6, "143"), (12345.6, "12,346"), (0.5, "0.500")],
)
def test_figures_have_three_significant_digits(value: float, text: str) -> None:
    assert wording.three_digits(value) == text


def test_every_choice_of_a_recipe_and_every_noise_has_its_words() -> None:
    assert card_text.OPTIMISERS.keys() == set(Recipe.declaration("optimizer").choices)
    assert card_text.SPOILED.keys() == set(NOISES)


def test_bounds_are_shown_to_the_decimal_that_stands_still() -> None:
    shown = {name: value for name, value, _, _ in card_text.figures(card_of("mnist-vae-2"))}
    assert shown["Negative ELBO"] == "132.99"
    assert shown["Importance-weighted bound"] == "130.99"


def test_facts_tell_of_noise_held_out_images_and_the_start() -> None:
    card = card_of("mnist-wide-denoising-49", hold_out=5000, start_from="mnist-dense-49")
    told = dict(card_text.data(card, None))
    assert "noise of every kind" in told["Learned to remove"]
    assert "5,000 training images that were held out" in told["Measured on"]
    assert told["Started from"] == "mnist-dense-49"


def test_facts_tell_which_images_it_has_learned_from(digits: ImageSet) -> None:
    card = card_of("digits-vae-conv-2")
    told = dict(card_text.data(card, digits))
    assert "1,437 training images" in told["Trained on"]
    assert told["Measured on"] == "360 test images, new to it"
    told = dict(card_text.data(replace(card, part="all"), digits))
    assert "1,797 training images, the test images among them" in told["Trained on"]
    assert "new to it" not in told["Measured on"]


@pytest.mark.usefixtures("mnist")
def test_facts_tell_that_a_source_left_training_images_out() -> None:
    told = dict(card_text.data(card_of("mnist-deep-128"), image_sets.load("mnist")))
    assert told["Trained on"].endswith("55,000 training images")
