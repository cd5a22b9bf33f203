"""The page Compare: the dial, models side by side, their losses, other images, maps."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from ae_core.jobs import analysis_runner
from ae_core.settings import settings
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from pages.ui.shared import cached, comparing
from pages.ui.state.declared import Compare
from tests.pages import app_pages
from tests.pages.app_pages import components, model, values, words

pytestmark = pytest.mark.usefixtures("fresh_caches")

PARTS = Compare.declaration("part").choices

opened = partial(app_pages.opened, "compare")
beside = partial(opened, part="side-by-side")


def answered(app: AppTest) -> AppTest:
    """The page once everything that it asked for is there."""
    analysis_runner.answer_all()
    return app.run()


def test_comparison_in_the_address_is_what_is_shown() -> None:
    app = beside(compare="digits-tanh-3,digits-dense-49")
    assert not app.exception
    assert values(app, Compare).part == "side-by-side"
    assert list(values(app, Compare).models or ()) == ["digits-tanh-3", "digits-dense-49"]
    assert "reconstructed by tanh-3" in words(app)
    assert "reconstructed by dense-49" in words(app)
    assert not app.warning


def test_choice_goes_into_the_address_and_survives_another_part() -> None:
    app = beside(compare="digits-tanh-3")
    app.multiselect(key="compare").select("digits-dense-49").run()
    assert app.query_params["compare"] == "digits-tanh-3,digits-dense-49"
    app.button_group(key="part").set_value("bottleneck").run()
    assert not app.exception
    app.button_group(key="part").set_value("side-by-side").run()
    assert list(values(app, Compare).models or ()) == ["digits-tanh-3", "digits-dense-49"]
    assert words(app).count("ae-best'") >= 5


@pytest.mark.parametrize("address", ["[x](https://example.org)", "digits-tanh-3,nobody"])
def test_nonsense_in_the_comparisons_address_is_left_out(address: str) -> None:
    app = beside(compare=address)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "example.org" not in words(app)
    assert set(values(app, Compare).models or ()) <= {"digits-tanh-3"}


def test_a_fifth_model_finds_no_place() -> None:
    names = [card.name for card in cached.available()[0] if card.image_set == "digits"]
    app = beside(compare=",".join(names))
    assert list(values(app, Compare).models or ()) == names[: comparing.MOST]
    app = app_pages.opened("models", model=names[4])
    app.session_state["state:Compare"] = Compare(models=tuple(names[: comparing.MOST]))
    app.run()
    assert next(button for button in app.button if button.label == "Compare").disabled


def test_nothing_side_by_side_says_what_to_do() -> None:
    app = beside(compare="")
    assert not app.exception
    assert "Choose two to four" in app.info[0].value


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "model",
    [
        "digits-vae-conv-2",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("digits-dense-49", "mnist-pca-8")
        ),
    ],
)
@pytest.mark.one_in(2)
def test_every_part_opens_with_something_on_it(part: str, model: str) -> None:
    app = answered(opened(part=part, model=model))
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert 'alt="' in words(app) or components(app)
    assert app.get("plotly_chart")


@pytest.mark.usefixtures("server_decodes")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.one_in(3)
def test_every_part_works_through_the_server(part: str) -> None:
    app = answered(opened(part=part, model="digits-vae-conv-2"))
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.get("plotly_chart")


@pytest.mark.usefixtures("server_decodes")
def test_dial_changes_the_pictures_the_words_and_the_address() -> None:
    app = opened(model="mnist-ae-8", size="2")
    assert "784 numbers become 2 numbers: 392 times fewer" in words(app)
    before = words(app)
    app.select_slider(key="size").set_value(64).run()
    assert app.query_params["size"] == "64"
    assert "784 numbers become 64 numbers: 12.2 times fewer" in words(app)
    assert "256 for the code as float32, 3.06 times fewer" in words(app)
    assert words(app) != before


@pytest.mark.parametrize("size", ["x", "5"])
def test_nonsense_size_in_the_address_dials_one_that_is_there(size: str) -> None:
    app = opened(model="mnist-ae-8", size=size)
    assert not app.exception
    dial = json.loads(components(app)[0].proto.json)
    assert 0 <= dial["at"] < len(dial["sizes"]) == 9


@pytest.mark.parametrize("part", ["", "nonsense", "[x](https://example.org)"])
def test_nonsense_part_in_the_address_opens_the_first(part: str) -> None:
    app = opened(part=part)
    assert not app.exception
    assert "Turn the dial" in words(app)
    assert "example.org" not in words(app)


def test_digits_offer_the_ladder_of_mnist() -> None:
    app = app_pages.press(opened(model="digits-dense-49"), "Show MNIST's nine")
    assert model(app) == "mnist-ae-8"
    assert not app.exception


def test_models_of_other_shapes_are_named_and_left_out() -> None:
    spec = RunSpec(preset="ae-2", image_set="digits", steps=2, name="wide", title="Wide")
    wide_copy(spec)
    app = answered(beside(compare="digits-tanh-3,wide"))
    assert not app.exception
    assert "Wide takes images of another size" in app.warning[0].value
    assert "reconstructed by tanh-3" in words(app)
    assert "reconstructed by Wide" not in words(app)


def wide_copy(spec: RunSpec) -> None:
    """A checkpoint of images that are not 28 pixels wide."""
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    card = runs.finish(run)
    shape = (1, 32, 32)
    model = checkpoints.build(card.family, card.config, shape)
    checkpoints.save(replace(card, image_shape=shape, image_set="my-wide"), model)


@pytest.mark.long
def test_set_of_one_class_and_few_images_works_on_every_part() -> None:
    spec = RunSpec(
        preset="vae-2", image_set="digits", steps=5, name="ones", title="Ones",
        only_classes=("1",), keep_codes=True,
    )  # fmt: skip
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    runs.finish(run)
    for part in PARTS:
        app = answered(opened(part=part, model="ones"))
        assert not app.exception, part
        assert [error.value for error in app.error] == [], part


def test_broken_weights_give_one_sentence_on_every_part() -> None:
    folder = settings().home / "checkpoints" / "digits-dense-49"
    shutil.copytree(settings().checkpoint_roots[1] / "digits-dense-49", folder)
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "weights_sha256": "0" * 64}))
    for part in ("loss", "side-by-side", "out-of-distribution"):
        app = opened(part=part, model="digits-dense-49", compare="digits-dense-49")
        assert not app.exception
        assert "is not the file that its card names" in app.error[0].value


def overflowing(family: str, like: str, preset: str) -> str:
    """A model whose numbers are too large for float32: no code and no image of it is finite."""
    kept = checkpoints.load(like)
    model = checkpoints.build(family, {"latent_dim": 2, "widths": [64] * 8}, (1, 28, 28))
    for parameter in model.parameters():
        torch.nn.init.constant_(parameter, 1e4)
    for parameter in model.decoder.parameters():
        parameter.data[..., ::2] *= -1  # infinite less infinite
    card = replace(
        kept.card, name="overflows", title="Over*flows*", family=family, preset=preset,
        config=model.config.to_dict(), code_low=[0.0] * 2, code_high=[1.0] * 2,
        metrics={**kept.card.metrics, "mse": 0.0},
    )  # fmt: skip
    checkpoints.save(card, model)
    return card.name


@pytest.mark.usefixtures("server_decodes")
@pytest.mark.parametrize(
    ("family", "like", "preset"),
    [("deep", "digits-deep-49", "ae-2"), ("vae", "digits-vae-conv-2", "vae-2")],
)
@pytest.mark.one_in(2)
def test_model_that_draws_no_numbers_is_named_and_the_others_stay(
    family: str, like: str, preset: str
) -> None:
    name = overflowing(family, like, preset)
    named = r"Over\*flows\* draws NaN instead of images. It is damaged"
    for part in PARTS:
        app = opened(model=name, part=part, compare=f"{name},digits-tanh-3", size="2")
        app = answered(answered(app))
        assert not app.exception, part
        said = [error.value for error in app.error]
        titles = [chart_title(chart) for chart in app.get("plotly_chart")]
        if part == "bottleneck":
            assert said == []
            assert "NaN: damaged, or trained too fast" in words(app)
        elif part == "two-maps":
            assert len(said) == 1
            assert all(r"of 360 of Over\*flows\* 0 are" in each for each in said)
        else:
            assert [each.startswith(named) for each in said] == [True], part
        if part in ("side-by-side", "out-of-distribution"):
            assert "reconstructed by tanh-3" in words(app)
            assert "reconstructed by Over" not in words(app)
            assert titles, part
        if part == "side-by-side":
            assert any("tanh-3" in title and "by heart" in title for title in titles)
        if part == "loss":
            assert app.number_input(key="image").value == 0


def test_infinite_kl_is_told_of_and_the_rest_of_the_loss_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    infinite = torch.tensor([1.0, math.inf])
    monkeypatch.setattr("ae_core.evaluation.loss_maps.kl_of", lambda model, x: infinite)
    app = answered(opened(model="digits-vae-conv-2", part="loss"))
    assert not app.exception
    assert "infinitely far from the prior" in app.error[0].value
    assert "BCE, mean of the pixels" in words(app)
    assert "Loss: both" not in words(app)
    assert any("no model gets below" in chart_title(chart) for chart in app.get("plotly_chart"))


def test_errors_say_who_wins_and_who_learned_by_heart() -> None:
    # The errors of training images are asked for once those of test images are there.
    app = answered(answered(beside(compare="digits-tanh-3,digits-dense-49")))
    titles = [chart_title(chart) for chart in app.get("plotly_chart")]
    assert any(re.search(r"smallest error on \d+% of 360 test images", title) for title in titles)
    assert any("dense-49" in title and "learned by heart" in title for title in titles)
    app.button_group(key="ten").set_value("disagree most").run()
    assert not app.exception
    assert "smallest and the largest error" in words(app)


def chart_title(chart: Any) -> str:
    """The finding over a chart, in one line."""
    title = json.loads(chart.proto.spec)["layout"].get("title", {})
    return re.sub(r"<[^>]+>", " ", title.get("text", ""))


def test_model_of_some_classes_is_tested_for_learning_by_heart_on_these() -> None:
    spec = RunSpec(preset="ae-2", image_set="digits", steps=10, name="zeros", title="Zeros",
                   only_classes=("0",), keep_codes=True)  # fmt: skip
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    runs.finish(run)
    app = answered(answered(beside(compare="zeros")))
    assert not app.exception
    titles = [chart_title(chart) for chart in app.get("plotly_chart")]
    assert any("by heart" in title for title in titles)
    assert not any("times as large" in title for title in titles), titles
    assert "for one that learned some classes, over these" in words(app)


def test_published_figures_stand_beside_ours() -> None:
    app = beside(compare="mnist-wide-49,mnist-dense-49")
    titles = [chart_title(chart) for chart in app.get("plotly_chart")]
    assert any("its source says 0.0777" in title for title in titles)


def test_a_part_that_an_address_of_before_names_is_found() -> None:
    app = opened(part="strangers", model="digits-dense-49", compare="digits-dense-49")
    assert not app.exception
    assert values(app, Compare).part == "out-of-distribution"
