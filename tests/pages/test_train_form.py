"""The form of Train keeps what was chosen while something else is shown."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.app_pages import opened

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
