"""The Denoise page: what it says of the noise, its curve and matrix, and what goes to Train."""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode, b64encode
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints, image_sets
from ae_core.analyses import denoising_curve, denoising_matrix
from ae_core.errors import UserError
from ae_core.evaluation import filters
from ae_core.jobs import analysis_results, analysis_runner
from ae_core.noise import Gaussian
from pages.ui.denoise import bench, chosen_noise, matrix, rounds
from pages.ui.shared import classifier
from pages.ui.state.declared import Rounds
from tests.pages import app_pages
from tests.pages.app_pages import words

pytestmark = pytest.mark.usefixtures("fresh_caches")

MODEL = "digits-dense-49"
FOUR = {"count": 4, "shape": [1, 28, 28]}


def opened(script: str = "denoise", **address: str) -> AppTest:
    return app_pages.opened(script, **{"model": MODEL, **address})


def title(app: AppTest) -> str:
    """What the chart of the page says that it shows."""
    text = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["title"]["text"]
    return str(text).replace("<br>", " ")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if label in button.label).click().run()


@pytest.mark.usefixtures("server_decodes")
def test_server_shows_every_row_with_its_figures_and_says_who_wins() -> None:
    said = words(opened(strength_gaussian="0.5"))
    for title in bench.TITLES.values():
        assert title in said
    assert said.count("SSIM 0.") == 2 * 6  # beside the rows, and in their legend
    assert "The model trained on noise restores best here" in said


@pytest.mark.usefixtures("server_decodes")
def test_pictures_of_ones_own_take_the_place_of_the_test_images() -> None:
    app = opened()
    ink = np.full((90, 90), 250, np.uint8)
    ink[20:70, 40:50] = 10
    data = io.BytesIO()
    Image.fromarray(ink).save(data, "PNG")
    app.file_uploader[0].upload("bar.png", data.getvalue(), "image/png").run()
    assert not app.exception
    assert 'alt="bar.png"' in words(app)
    assert 'alt="bar.png, restored by the median filter"' in words(app)
    assert not re.search(r'alt="A \d, test image', words(app))


@pytest.mark.usefixtures("server_decodes")
def test_published_noise_is_one_click() -> None:
    app = press(opened(), "Published")
    assert app.query_params["noise-mean"] == "0.5"
    assert app.slider(key="noise-mean").value == app.slider(key="noise-strength").value == 0.5


@pytest.mark.usefixtures("server_decodes")
def test_address_brings_the_noise_and_keeps_it_when_the_part_changes() -> None:
    app = opened(noise="Low resolution", **{"noise-strength": "5.5"})
    assert app.slider(key="noise-strength").value == 5.5
    app.segmented_control(key="part").set_value("curve").run()
    assert app.slider(key="noise-strength").value == 5.5
    assert app.query_params["noise"] == "low_resolution"


@pytest.mark.usefixtures("server_decodes")
@pytest.mark.parametrize("strength", ["7", "-1", "nan", "many", ""])
def test_address_with_a_strength_that_is_none_shows_the_usual(strength: str) -> None:
    app = opened(**{"noise-strength": strength})
    assert not app.exception
    assert not app.error
    assert app.slider(key="noise-strength").value == 0.5


@pytest.mark.usefixtures("server_decodes")
def test_set_without_a_denoiser_leaves_that_row_out(tiny: str, monkeypatch) -> None:
    real = checkpoints.available
    monkeypatch.setattr(
        checkpoints, "available", lambda: ([c for c in real()[0] if not c.noise], [])
    )
    said = words(opened(model=tiny))
    assert "Trained on noise" not in said
    assert "Not trained on noise" in said
    assert "restores best here" in said or "Nothing helps here" in said


def test_filters_answer_the_noisy_images_that_the_browser_sent() -> None:
    clean = image_sets.load("digits").test[:4]
    noisy = Gaussian(0.0, 0.3)(clean.float().div(255), torch.Generator().manual_seed(0))
    sent = noisy.mul(255).round().to(torch.uint8)
    text = b64encode(sent.numpy().tobytes()).decode()
    found = bench.filtered({"turn": "7", "noisy": text}, FOUR)
    assert found["turn"] == "7"
    assert list(found["rows"]) == list(filters.FILTERS)
    expected = filters.restored("median", sent.float().div(255)).mul(255).round()
    assert b64decode(found["rows"]["median"]) == expected.to(torch.uint8).numpy().tobytes()


def test_images_from_before_get_no_answer_and_broken_ones_a_sentence() -> None:
    found = bench.filtered({"turn": "7", "noisy": b64encode(b"abc").decode()}, FOUR)
    assert found == {"turn": "", "rows": {}}
    with pytest.raises(UserError, match="did not arrive"):
        bench.filtered({"turn": "7", "noisy": "?"}, FOUR)


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "snow", "strength": 0.5, "mean": 0, "seed": 0},
        {"kind": "blur", "strength": 50, "mean": 0, "seed": 0},
        {"kind": "gaussian", "strength": 0.5, "mean": 3, "seed": 0},
        {"kind": "gaussian", "strength": None, "mean": 0, "seed": 0},
        {"kind": "gaussian", "strength": 0.5, "mean": 0, "seed": 1e400},
        {"kind": ["gaussian"]},
        {},
    ],
)
def test_noise_that_no_slider_gives_is_refused(sent: dict[str, object]) -> None:
    with pytest.raises(UserError, match="did not arrive whole"):
        chosen_noise.received(sent)


def test_noise_of_the_browser_is_taken_over() -> None:
    sent = {"kind": "gaussian", "strength": 0.25, "mean": 0.5, "seed": 12}
    found = chosen_noise.received(sent)
    assert found.noise() == Gaussian(mean=0.5, std=0.25)
    assert found.seed == 12
    other = chosen_noise.received({**sent, "kind": "blur", "strength": 1.0})
    assert other.mean == 0  # only Gaussian noise has one


def test_curve_is_computed_once_and_its_mark_follows_the_strength(monkeypatch) -> None:
    monkeypatch.setattr(denoising_curve, "IMAGES", 20)
    app = opened(part="curve")
    analysis_runner.answer_all()
    app.run()
    assert len(app.get("plotly_chart")) == 1
    assert "restores best at 0.50" in title(app)
    monkeypatch.setattr(denoising_curve, "compute", None)  # nothing is computed again
    app.slider(key="noise-strength").set_value(0.9).run()
    assert "at 0.90" in title(app)
    assert analysis_results.claim() is None


@pytest.mark.long
def test_matrix_waits_for_the_button_and_says_what_the_diagonal_shows(monkeypatch) -> None:
    monkeypatch.setattr(denoising_matrix, "STEPS", 60)
    monkeypatch.setattr(denoising_matrix, "IMAGES", 20)
    app = opened(part="matrix")
    assert not analysis_results.claim()
    app = press(app, "two seconds each")
    analysis_runner.answer_all()
    app.run()
    assert not app.exception
    assert "of 8 noises" in title(app)


def test_finding_counts_the_noises_whose_own_model_is_best() -> None:
    psnr = torch.tensor([[20.0, 10.0], [12.0, 9.0], [30.0, 30.0]])
    found = matrix.finding_of(psnr, 2)
    assert found.startswith("Against 1 of 2 noises")
    assert "3.5 dB ahead" in found  # (20 - 12 + 9 - 10) / 2


@pytest.mark.parametrize("restorer", rounds.RESTORERS)
def test_output_is_fed_back_in_with_each_restorer(restorer: str) -> None:
    app = opened(part="again and again", restorer=restorer)
    assert not app.exception
    assert not app.error
    assert "after 50 rounds" in words(app)
    before = words(app)
    app.slider(key="round").set_value(50).run()
    assert words(app) != before
    assert app.query_params["round"] == "50"


def test_class_is_named_only_where_a_classifier_knows_these_images() -> None:
    digits = image_sets.load("digits")
    x = digits.test[:1].float().div(255)
    assert re.fullmatch(r"\d, \d+%", classifier.in_words(classifier.of_images(digits), x))
    letters = replace(digits, name="letters", classes=tuple("abcdefghij"))
    assert classifier.in_words(classifier.of_images(letters), x) == ""


def test_sentence_says_where_it_settles() -> None:
    assert (
        rounds.sentence(12, "3, 98%")
        == "Settles after 12 rounds on something that the classifier reads as 3, 98%."
    )
    assert rounds.sentence(1, "") == "Settles after 1 round on one image."
    assert rounds.sentence(None, "3").startswith("Still changing after 50 rounds")


def test_link_fills_the_form_of_train_with_this_noise() -> None:
    app = opened(noise="Gaussian", **{"noise-mean": "0.5", "noise-strength": "0.3"})
    link = app.get("page_link")[0].proto
    assert link.label == "Train me at this noise"
    asked = dict(pair.split("=") for pair in link.query_string.lstrip("?").split("&"))
    form = opened("train", **asked)
    assert not form.exception
    assert form.selectbox(key="train-noise").value == "gaussian"
    assert form.slider(key="train-strength").value == 0.3
    assert form.slider(key="train-mean").value == 0.5
    assert form.slider(key="seconds").value == 20
    assert form.selectbox(key="set").value == "digits"


@pytest.mark.usefixtures("server_decodes")
def test_round_and_image_of_the_address_are_shown_and_nonsense_is_left_alone() -> None:
    again = {"part": "again and again", "which": "number", "number": "20"}
    app = opened(round="7", image="23", **again)
    assert app.slider(key="round").value == 7
    assert app.selectbox(key="image").value == 23
    app = opened(round="0500000", image="99999999999", **again)
    assert not app.exception
    assert app.slider(key="round").value == Rounds().round
    assert app.selectbox(key="image").value == 20


def test_a_restorer_in_an_address_of_before_is_found() -> None:
    app = opened(part="again and again", restorer="untaught")
    assert app.session_state["restorer"] == "not_trained_on_noise"
