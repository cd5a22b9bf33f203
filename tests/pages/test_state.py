"""What is set on a page as Streamlit runs it: by its address, as JSON, on its widgets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ae_core.latent.codes import MAX_CODE
from pages.ui.shared import widgets
from pages.ui.state.declared import PAGES, Beside, Code, Images
from pages.ui.state.values import name_of
from tests.pages.app_pages import code, components, model, opened, press, values, words


def of_a_code() -> None:
    """A page with nothing but a button that moves the code to where none can be."""
    import math

    import streamlit as st
    import torch

    from ae_core import checkpoints
    from pages.ui.live_map import code_control
    from pages.ui.state import current
    from pages.ui.state.declared import Code

    current.open_page("latent_space")
    card = checkpoints.card("digits-vae-conv-2")
    far = torch.tensor([math.nan, 1e9])
    st.button("Move", on_click=code_control.move, args=(card, far))
    st.json(list(current.of(Code).z))


def test_a_code_that_cannot_be_is_moved_to_the_nearest_that_can() -> None:
    app = AppTest.from_function(of_a_code, default_timeout=60).run()
    press(app, "Move")
    assert json.loads(app.json[0].value) == [0.0, MAX_CODE]


@pytest.mark.usefixtures("fresh_caches")
def test_one_notice_names_everything_that_was_left_out() -> None:
    app = opened("latent_space", model="digits-vae-conv-2", z="1", view="moon", **{"x`](y": "1"})
    assert not app.exception
    (notice,) = app.warning
    assert notice.value.endswith(": `x](y`, map, code.")
    assert code(app) == []
    assert "view" not in app.query_params


@pytest.mark.usefixtures("fresh_caches")
@pytest.mark.parametrize(
    ("script", "query", "named"),
    [
        ("reconstruct", {"source": "draw", "drawing": "20,2,5,5"}, "drawing"),
        ("latent_space", {"walk": "1,2"}, "walk"),
        ("latent_space", {"walk": "1,2,3,4,5,6"}, "walk"),
        ("latent_space", {"curve": "0,0,1,1"}, "walk drawn by hand"),
        ("latent_space", {"walk": "1,2,3,4,5,6", "curve": "0"}, "walk, walk drawn by hand"),
        ("denoise", {"noise": "masking", "brush": "3,4"}, "what the brush has covered"),
    ],
)
def test_what_no_hand_can_have_drawn_is_left_out(
    script: str, query: dict[str, str], named: str
) -> None:
    app = opened(script, model="digits-vae-conv-2", **query)
    assert not app.exception
    (notice,) = app.warning
    assert notice.value.endswith(f": {named}.")
    assert not {"drawing", "walk", "curve", "brush"} & set(app.query_params)


@pytest.mark.usefixtures("fresh_caches", "server_decodes")
def test_what_the_brush_has_covered_is_black_where_the_server_decodes_too() -> None:
    def told(**query: str) -> str:
        return words(opened("denoise", model="digits-dense-49", noise="masking", **query))

    assert told() != told(brush="200,300,284") != told(brush="0,784") != told()


@pytest.mark.usefixtures("fresh_caches")
def test_code_of_a_model_that_is_gone_is_not_shown_on_another_map() -> None:
    app = opened("latent_space", model="gone", z="0.5,0.5")
    assert model(app) == "digits-vae-conv-2"
    assert code(app) == []
    assert app.warning[0].value.endswith(": code, model.")


@pytest.mark.usefixtures("fresh_caches")
def test_each_model_goes_on_at_its_own_code() -> None:
    app = opened("latent_space", model="digits-vae-conv-2", z="0.5,-0.5")
    app.selectbox(key=widgets.BOX).set_value("digits-tanh-3").run()
    assert (model(app), code(app)) == ("digits-tanh-3", [])
    assert "z" not in app.query_params
    app.selectbox(key=widgets.BOX).set_value("digits-vae-conv-2").run()
    assert code(app) == [0.5, -0.5]
    assert app.query_params["z"] == "0.5,-0.5"


@pytest.mark.usefixtures("fresh_caches")
def test_what_was_set_stays_while_another_page_is_shown() -> None:
    app = opened("reconstruct", which="random")
    app.switch_page("../latent_space.py").run()
    assert "which" not in app.query_params
    assert not app.warning
    app.switch_page("../reconstruct.py").run()
    assert values(app, Images).which == "random"
    assert app.segmented_control(key="which").value == "random"


@pytest.mark.usefixtures("fresh_caches", "server_decodes")
def test_a_widget_that_nobody_moved_leaves_the_address_empty() -> None:
    app = opened("denoise", model="digits-dense-49")
    assert list(app.query_params) == ["model"]
    assert values(app, Code) == Code()
    assert "Noisy" in words(app) and not components(app)


def of_the_map() -> None:
    """A page with nothing but a state, and buttons that name other models."""
    import streamlit as st

    from pages.ui.state import current
    from pages.ui.state.declared import Code, Picked, Place

    current.open_page(st.session_state.get("page", "latent_space"))
    names = {name: name for name in ("a", "b")}
    for name in names:
        st.button(name, on_click=current.receive, args=({"model": name},))
        st.button(f"pick {name}", on_click=current.change, args=(Picked,), kwargs={"model": name})
    st.button("with a code", on_click=current.receive, args=({"model": "b", "z": [1.0]},))
    st.json([list(current.of(Code).z), current.of(Place).zoom])


@pytest.mark.parametrize("page", ["latent_space", "reconstruct"])
@pytest.mark.parametrize("way", ["b", "pick b"])
def test_no_way_to_another_model_takes_the_code_or_the_zoom_along(page: str, way: str) -> None:
    app = AppTest.from_function(of_the_map)
    app.query_params.update({"model": "a", "z": "0.5,0.5", "zoom": "3"})
    app.run()
    app.session_state["page"] = page
    app.run()
    press(app, way)
    assert json.loads(app.json[0].value) == [[], 1.0]
    press(app, "pick a")
    assert json.loads(app.json[0].value) == [[0.5, 0.5], 3.0]


def test_an_address_without_a_model_brings_no_code_of_another_one() -> None:
    app = AppTest.from_function(of_the_map)
    app.query_params.update({"model": "a", "z": "0.5,0.5", "zoom": "3"})
    app.run()
    app.query_params.clear()
    app.query_params["draw"] = "3"
    app.session_state["page"] = "codes"
    app.run()
    press(app, "pick b")
    assert json.loads(app.json[0].value) == [[], 1.0]


def test_a_code_that_comes_with_another_model_is_that_models() -> None:
    app = AppTest.from_function(of_the_map)
    app.query_params.update({"model": "a", "z": "0.5,0.5", "zoom": "3"})
    app.run()
    press(app, "with a code")
    assert json.loads(app.json[0].value) == [[1.0], 1.0]


@pytest.mark.usefixtures("fresh_caches")
def test_models_that_cannot_stand_beside_are_named_once() -> None:
    app = opened("latent_space", model="digits-tanh-3", beside="gone,mnist-ae-2,digits-tanh-3")
    (notice,) = app.warning
    assert notice.value.endswith(": models beside it.")
    assert values(app, Beside).models == ("mnist-ae-2",)
    assert app.query_params["beside"] == "mnist-ae-2"
    assert app.run().warning == []


def of_denoise() -> None:
    """A page with nothing but a state, and a button that sets it."""
    import streamlit as st

    from pages.ui.state import current

    current.open_page("denoise")
    st.button("Apply", on_click=current.apply, args=(st.session_state.get("wanted"),))
    st.json(current.to_json())


@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        ({"model": "digits-dense-49", "noise": "blur", "noise-strength": 2.0}, []),
        ({"round": 51, "number": 7, "moon": [1], "image": 1.5}, ["round", "`moon`", "image"]),
        ({"version": 99, "noise": "x" * 100_000}, ["`version`", "noise"]),
    ],
)
def test_a_page_is_set_to_a_state_from_json_and_says_what_is_not_possible(
    given: dict[str, Any], left_out: list[str]
) -> None:
    app = AppTest.from_function(of_denoise)
    app.query_params["part"] = "curve"
    app.session_state["wanted"] = given
    app.run()
    assert json.loads(app.json[0].value) == {"part": "curve"}
    app.button[0].click().run()
    assert not app.exception
    known = {name for group in PAGES["denoise"] for name in map(name_of, group.declared())}
    bad = {name.strip("`") for name in left_out}
    kept = {name: value for name, value in given.items() if name in known - bad}
    assert json.loads(app.json[0].value) == kept
    assert [set(notice.value.rpartition(": ")[2].rstrip(".").split(", "))
            for notice in app.warning] == ([set(left_out)] if left_out else [])  # fmt: skip


def test_a_page_says_what_its_address_is_too_short_for() -> None:
    app = AppTest.from_function(of_denoise)
    app.session_state["state:Images"] = Images(label="ü" * 500)
    app.run()
    assert [each.value.rpartition(": ")[2] for each in app.caption] == ["class of the images."]
    assert app.query_params == {}
    assert json.loads(app.json[0].value) == {"class": "ü" * 500}


def of_two_choices() -> None:
    """A page on which one choice makes some of another impossible."""
    import streamlit as st

    from pages.ui.state import current
    from pages.ui.state.declared import Train

    current.open_page("train")
    noise = current.of(Train).noise
    st.selectbox("Noise", ["", "blur"], **current.widget(Train, "noise"))
    st.json(current.possible(Train, "seed", range(5 if noise else 10), 0))


def test_only_an_address_is_told_what_is_not_possible() -> None:
    app = AppTest.from_function(of_two_choices)
    app.query_params["seed"] = "7"
    app.run()
    assert app.json[0].value == "7"
    app.selectbox(key="train-noise").set_value("blur").run()
    assert app.json[0].value == "0"
    assert not app.warning
    app.selectbox(key="train-noise").set_value("").run()
    assert (app.json[0].value, app.query_params) == ("7", {"seed": "7"})
    app = AppTest.from_function(of_two_choices)
    app.query_params.update({"seed": "7", "train-noise": "blur"})
    app.run()
    assert (app.json[0].value, app.query_params) == ("0", {"train-noise": "blur"})
    assert [each.value.endswith(": seed.") for each in app.warning] == [True]


def of_train() -> None:
    """A page with nothing but the form's state, and a button that names another network."""
    import streamlit as st

    from pages.ui.state import current
    from pages.ui.state.declared import Train

    current.open_page("train")
    st.button("By a link", on_click=current.receive, args=({"preset": "wide-49"},))
    st.button("By hand", on_click=current.change, args=(Train,), kwargs={"preset": "wide-49"})
    st.json(current.to_json())


@pytest.mark.parametrize("way", [0, 1])
def test_another_network_does_not_keep_the_options_of_the_one_before(way: int) -> None:
    app = AppTest.from_function(of_train)
    app.query_params["preset"] = "dense-49"
    app.query_params["steps"] = "batch_size:64"
    app.query_params["seed"] = "7"
    app.run()
    assert json.loads(app.json[0].value)["steps"] == {"batch_size": 64}
    app.button[way].click().run()
    assert json.loads(app.json[0].value) == {"preset": "wide-49", "seed": 7}
