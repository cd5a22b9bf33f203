"""Groups that were chosen on the map, on *Latent space* and on *Codes*."""

from __future__ import annotations

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from ae_core.latent.groups import Group
from pages.ui.state.declared import Chosen, Codes, Place
from tests.pages.app_pages import opened, press, values, words

pytestmark = pytest.mark.usefixtures("fresh_caches")

MODEL = "digits-vae-conv-2"
LEFT, RIGHT = (
    Group("left half", (-99.0, -99.0, -1.0, 99.0)),
    Group("right", (-1.0, -99.0, 99.0, 99.0)),
)


def count(group: Group) -> int:
    found = checkpoints.load(MODEL)
    assert found.codes is not None and found.labels is not None
    u, v = found.codes.float().T
    left, bottom, right, top = group.shape
    inside = (u >= left) & (u <= right) & (v >= bottom) & (v <= top)
    hidden = torch.isin(found.labels, torch.tensor(group.hidden, dtype=found.labels.dtype))
    return int((inside & ~hidden).sum())


def latent_space(**more: str) -> AppTest:
    return opened("latent_space", model=MODEL, **more)


def test_choice_is_named_kept_shown_and_forgotten() -> None:
    app = latent_space(chosen="-99,-99,-1,99", hidden="3")
    app.text_input(key="group-name").set_value(" left ~ half ")
    press(app, "Keep")
    kept = Group("left half", LEFT.shape, hidden=(3,))
    assert app.query_params["groups"] == str(kept)
    assert f"left half**: {count(kept)} images" in words(app)
    again = latent_space(groups=str(kept))
    assert "chosen" not in again.query_params
    press(again, "Show")
    assert values(again, Chosen).chosen == kept.shape
    assert values(again, Place).hidden == (3,)
    press(again, "Forget")
    assert values(again, Chosen).groups == ()
    assert "left half" not in words(again)


def test_name_of_a_class_is_refused_and_one_without_a_name_gets_one() -> None:
    app = latent_space(chosen="-99,-99,-1,99")
    app.text_input(key="group-name").set_value("7")
    press(app, "Keep")
    assert "There is a class 7" in app.toast[0].value
    assert values(app, Chosen).groups == ()
    app.text_input(key="group-name").set_value("")
    press(app, "Keep")
    assert values(app, Chosen).groups == (str(Group("group 1", LEFT.shape)),)


@pytest.mark.parametrize("chosen", ["1,2", "1,2,3,4,5", ",".join(["1"] * 34)])
def test_what_is_no_shape_is_left_out_with_a_notice(chosen: str) -> None:
    app = latent_space(chosen=chosen)
    assert not app.exception
    assert "chosen images" in app.warning[0].value
    assert "chosen" not in app.query_params


def test_what_is_no_group_of_this_model_is_left_out_with_a_notice() -> None:
    broken = [str(LEFT), "nothing", str(Group("far", LEFT.shape, plane=(0.0, 7.0)))]
    app = latent_space(groups=",".join(broken))
    assert "groups of images" in app.warning[0].value
    assert values(app, Chosen).groups == (str(LEFT),)


def test_group_goes_into_a_sum_as_its_mean() -> None:
    app = opened("codes", model=MODEL, part="arithmetic", groups=f"{LEFT},{RIGHT}")
    press(app, "left half")
    press(app, "right")
    assert (values(app, Codes).group_a, values(app, Codes).group_b) == ("left half", "right")
    again = opened("codes", **{key: app.query_params[key] for key in app.query_params})
    assert not again.warning
    assert values(again, Codes).group_a == "left half"
    gone = opened("codes", model=MODEL, part="arithmetic", **{"group-a": "nobody"})
    assert "group in a" in gone.warning[0].value


def test_direction_leads_from_a_group_to_a_group() -> None:
    app = opened(
        "codes", model=MODEL, part="arithmetic", compute="a-direction", direction="class-to-class",
        groups=f"{LEFT},{RIGHT}", **{"from-class": "left half", "to-class": "right"},
    )  # fmt: skip
    assert [each.value for each in app.error] == []
    assert not app.exception and not app.warning
    assert "the direction keeps a cosine" in words(app)
    small = Group("tiny", (0.0, 0.0, 1e-6))
    app = opened(
        "codes", model=MODEL, part="arithmetic", compute="a-direction", direction="class-to-class",
        groups=str(small), **{"from-class": "tiny", "to-class": "7"},
    )  # fmt: skip
    assert "The group tiny has 0 images" in app.error[0].value
