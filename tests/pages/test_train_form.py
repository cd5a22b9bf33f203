"""The form of Train keeps what was chosen while something else is shown."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ae_core.training.runs import RunSpec
from pages.ui.state.declared import Train
from tests.pages.app_pages import model, opened, values

pytestmark = pytest.mark.usefixtures("fresh_caches", "home")


def away_and_back(app: AppTest, key: str, other: str) -> AppTest:
    """The page after another option of a row of them was looked at."""
    first = app.segmented_control(key=key).value
    for option in (other, first):
        app.segmented_control(key=key).set_value(option).run()
        assert not app.exception and [error.value for error in app.error] == []
    return app


@pytest.mark.parametrize("part", ["overfitting", "break it"])
def test_form_stays_as_it_was_while_another_part_is_shown(part: str) -> None:
    app = opened("train", set="digits")
    app.segmented_control(key="what").set_value("classifier").run()
    app.slider(key="seconds").set_value(7).run()
    app = away_and_back(app, "part", part)
    assert app.segmented_control(key="what").value == "classifier"
    assert app.slider(key="seconds").value == 7
    assert app.query_params["what"] == "classifier"


def test_autoencoder_keeps_network_and_noise_while_something_else_is_shown() -> None:
    app = opened("train", set="digits")
    app.selectbox(key="preset").set_value("dense-49").run()
    app.selectbox(key="train-noise").set_value("gaussian").run()
    app.slider(key="train-strength").set_value(0.3).run()
    for key, other in (("what", "classifier"), ("part", "overfitting")):
        app = away_and_back(app, key, other)
        assert app.selectbox(key="preset").value == "dense-49"
        assert app.selectbox(key="train-noise").value == "gaussian"
        assert app.slider(key="train-strength").value == 0.3
    assert app.query_params["preset"] == "dense-49"


def test_another_kind_of_noise_begins_at_its_own_strength() -> None:
    app = opened("train", **{"train-noise": "gaussian", "train-strength": "0.3"})
    app.selectbox(key="train-noise").set_value("masking").run()
    usual = opened("train", **{"train-noise": "masking"}).slider(key="train-strength").value
    assert app.slider(key="train-strength").value == usual != 0.3


@pytest.mark.parametrize(
    ("options", "key", "shown", "error", "left_out"),
    [
        ("widths:64", "network-widths", "64", "", ""),
        ("widths:64,32", "network-widths", "64, 32", "", ""),
        ("widths:-3", "network-widths", "-3", "widths is \\-3; it can be 1 to 2048", ""),
        ("widths:a,b", "network-widths", "a, b", "takes whole numbers", ""),
        ("latent_dim:200", "network-latent_dim", 16, "", "`latent_dim`"),
        ("latent_dim:128", "network-latent_dim", 128, "", ""),
        ("activation:0", "network-activation", "silu", "", "`activation`"),
        ("moon:1;latent_dim:8", "network-latent_dim", 8, "", "`moon`"),
    ],
)
def test_options_of_an_address_open_the_form(
    options: str, key: str, shown: object, error: str, left_out: str
) -> None:
    app = opened("train", set="digits", network=options)
    assert not app.exception
    (control,) = (
        each for each in (*app.text_input, *app.slider, *app.selectbox) if each.key == key
    )
    assert control.value == shown
    said = [each.value for each in app.error]
    assert len(said) == bool(error) and all(error in each for each in said)
    notices = [each.value for each in app.warning]
    assert len(notices) == bool(left_out) and all(f": {left_out}." in each for each in notices)


@pytest.mark.parametrize(
    ("address", "left_out"),
    [
        ({"recipe": "slow"}, "recipe"),
        ({"start-from": "gone"}, "checkpoint to start from"),
        ({"seconds": "100000"}, "seconds"),
        ({"train-noise": "gaussian", "train-strength": "50"}, "strength of the noise"),
        ({"classes": "3,moon"}, "classes"),
        ({"part": "overfitting", "few": "501"}, "images to learn from"),
    ],
)
def test_what_is_not_possible_here_is_left_out_and_named(
    address: dict[str, str], left_out: str
) -> None:
    app = opened("train", set="digits", **address)
    assert not app.exception
    assert [each.value.rpartition(": ")[2] for each in app.warning] == [f"{left_out}."]
    assert app.run().warning == []


def test_every_seed_of_a_run_can_be_typed() -> None:
    app = opened("train", set="digits")
    app.number_input(key="seed").set_value(RunSpec.declaration("seed").high).run()
    assert not app.exception
    assert app.query_params["seed"] == str(RunSpec.declaration("seed").high)


def test_an_address_says_the_whole_form() -> None:
    app = opened("train", set="digits", seed="7", part="overfitting")
    app.switch_page("../denoise.py").run()
    app.query_params["preset"] = "wide-49"
    app.switch_page("../train.py").run()
    assert (values(app, Train).seed, values(app, Train).part) == (0, "your-run")
    assert dict(app.query_params) == {"preset": "wide-49", "model": model(app)}
