"""Which number follows which factor, and maps in the colours of a factor, as pages show them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ae_core import palette
from ae_core.evaluation import disentanglement
from ae_core.jobs import analysis_runner
from pages.ui.state.declared import Colours
from tests.pages.app_pages import components, model, opened, press, values, words

pytestmark = pytest.mark.usefixtures("fresh_caches")


def answered(**address: str) -> AppTest:
    """The page Codes once everything that it asks is worked out."""
    opened("codes", **address)
    analysis_runner.answer_all()
    app = opened("codes", **address)
    assert not app.exception and not app.error
    return app


def traces(app: AppTest) -> list[dict[str, Any]]:
    """What the figures of the page draw."""
    figures = [json.loads(each.proto.spec) for each in app.get("plotly_chart")]
    return [trace for figure in figures for trace in figure["data"]]


def test_images_of_which_nothing_is_known_lead_to_a_model_of_shapes() -> None:
    app = opened("codes", model="digits-tanh-3", part="factors")
    assert "is not written down anywhere" in words(app)
    app = press(app, "Open Plain")
    assert model(app) == "shapes-plain-10"
    assert app.query_params["part"] == "factors"


def test_heat_map_has_a_row_for_each_factor_and_its_figures_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disentanglement, "TREES", 3)
    answered(model="shapes-plain-10", part="factors")
    app = answered(model="shapes-vae-10", part="factors")
    heat = next(trace for trace in traces(app) if trace["type"] == "heatmap")
    assert heat["y"] == ["shape", "hue", "size", "angle", "place across", "place up"]
    assert heat["x"] == [f"z[{index}]" for index in range(10)]
    said = words(app)
    for name in ("MIG", "Disentanglement", "Completeness", "Informativeness"):
        assert f"**{name} 0." in said
    assert "Measured so far" in said
    assert list(app.dataframe[0].value["model"]) == [
        "Plain, 10 numbers · Shapes", "Variational, 10 numbers · Shapes",
    ]  # fmt: skip


def test_a_map_takes_the_colours_of_the_factor_in_the_address() -> None:
    app = answered(model="shapes-plain-10", part="maps", way="pca", colour="hue")
    (points,) = traces(app)
    assert (points["marker"]["cmin"], points["marker"]["cmax"]) == (0, 240)
    assert points["marker"]["colorbar"]["title"]["text"] == "hue (°)"
    assert app.query_params["colour"] == "hue"
    app.selectbox(key="colour").select("").run()
    assert [trace["name"] for trace in traces(app)] == ["ellipse", "rectangle", "triangle", "heart"]
    assert values(app, Colours).colour == ""
    app.selectbox(key="colour").select("shape").run()
    colours = [trace["marker"]["color"] for trace in traces(app)]
    assert colours == list(palette.CLASSES[:4])


def test_a_factor_that_is_not_known_is_left_out_of_the_address() -> None:
    app = answered(model="shapes-plain-10", part="maps", colour="smell")
    assert "left out of the address" in words(app)
    assert "colour" not in app.query_params


def test_the_live_map_is_told_what_is_known_of_the_images() -> None:
    app = opened("latent_space", model="shapes-vae-10", colour="size")
    (told,) = [
        json.loads(each.proto.json) for each in components(app) if "factors" in each.proto.json
    ]
    assert told["state"]["colour"] == "size"
    factors = told["model"]["factors"]
    assert [each["id"] for each in factors["each"]][:3] == ["shape", "hue", "size"]
    assert factors["address"].startswith("/live-factors/shapes/")
    app = opened("latent_space", model="digits-tanh-3")
    assert any('"factors": null' in each.proto.json for each in components(app))
