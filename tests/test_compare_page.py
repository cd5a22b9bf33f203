"""The page Compare: the dial, models side by side, their losses, strangers, and two maps."""

from __future__ import annotations

import re
import shutil
from functools import partial
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints, runs
from ae_core.jobs import answering
from ae_core.runs import RunSpec
from ae_core.settings import settings
from pages.ui import cached, compare_bottleneck, compare_charts, compare_pictures, comparing
from tests import app_pages
from tests.app_pages import words

PARTS = ("bottleneck", "side by side", "loss", "strangers", "two maps")

opened = partial(app_pages.opened, "compare")
beside = partial(opened, part="side by side")


def answered(app: AppTest) -> AppTest:
    """The page once everything that it asked for is there."""
    answering.answer_all()
    return app.run()


def test_comparison_in_the_address_is_what_is_shown() -> None:
    app = opened(compare="digits-tanh-3,digits-dense-49")
    assert not app.exception
    assert app.session_state["part"] == "side by side"
    assert app.session_state["compare"] == ["digits-tanh-3", "digits-dense-49"]
    assert "reconstructed by tanh-3" in words(app)
    assert "reconstructed by dense-49" in words(app)
    assert not app.warning


def test_choice_goes_into_the_address_and_survives_another_part() -> None:
    app = opened(compare="digits-tanh-3")
    app.multiselect(key="compare-box").select("digits-dense-49").run()
    assert app.query_params["compare"] == "digits-tanh-3,digits-dense-49"
    app.button_group(key="part").set_value("bottleneck").run()
    assert not app.exception
    assert "compare" not in app.query_params
    app.button_group(key="part").set_value("side by side").run()
    assert app.session_state["compare"] == ["digits-tanh-3", "digits-dense-49"]
    assert words(app).count("ae-best'") >= 5


@pytest.mark.parametrize(
    "address", ["[x](https://example.org)", "../../etc", ",,", "digits-tanh-3,nobody", "a" * 9000]
)
def test_nonsense_in_the_comparisons_address_is_left_out(address: str) -> None:
    app = opened(compare=address)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "example.org" not in words(app)
    assert set(app.session_state["compare"]) <= {"digits-tanh-3"}


def test_a_fifth_model_finds_no_place() -> None:
    names = [card.name for card in cached.available()[0] if card.image_set == "digits"]
    app = opened(compare=",".join(names))
    assert app.session_state["compare"] == names[: comparing.MOST]
    app = app_pages.opened("models", model=names[4])
    app.session_state["compare"] = names[: comparing.MOST]
    app.run()
    assert next(button for button in app.button if button.label == "Compare").disabled


def test_nothing_side_by_side_says_what_to_do() -> None:
    app = opened(compare="")
    assert not app.exception
    assert "Choose two to four" in app.info[0].value
