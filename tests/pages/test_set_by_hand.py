"""Every value of every page, moved on its widget: the address then shows the same to others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ae_core.analyses import few_labels
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import analysis_runner
from pages.ui.state.declared import PAGES
from pages.ui.state.values import name_of
from tests.image_sets.pets import collection_of
from tests.pages.app_pages import opened, press, words

pytestmark = pytest.mark.usefixtures("fresh_caches", "server_decodes")

IN_THE_BROWSER = {
    "z", "grid", "zoom", "middle", "axes", "turned", "hidden", "walk", "digit", "a", "b", "c",
    "curve", "drawing", "brush", "set", "classifier", "beside", "chosen", "plane",
    "groups", "group-a", "group-b", "group-c", "code", "lesson", "step", "run", "where",
}  # fmt: skip
"""What is set without a widget of Streamlit's, or only where the browser's part runs, or not by
hand."""

ON_THE_MAP = {("latent_space", "colour")}
"""What is set in the browser on this page, and on a widget on others."""

ANSWERED = {
    "mistakes-of",
    "mistake",
    "reader",
    "ten",
    "look-at",
    "other-set",
    "score",
    "threshold",
    "codes-colour",
}
"""What is there only once everything that the page asks is worked out."""

OF_MNIST = {"canvas"}
"""What is there only for a model of images that are none of the built-in ones."""

WHERE: dict[str, dict[str, str]] = {
    "class": {"which": "class"},
    "number": {"which": "number"},
    "cloud": {"model": "digits-vae-conv-2"},
    "clouds": {"model": "digits-vae-conv-2"},
    "restorer": {"part": "again-and-again", "model": "digits-dense-49"},
    "round": {"part": "again-and-again", "model": "digits-dense-49"},
    "denoise-image": {"part": "again-and-again", "model": "digits-dense-49"},
    "compare": {"part": "side-by-side"},
    "differences": {"part": "side-by-side"},
    "compare-which": {"part": "side-by-side"},
    "size": {"model": "mnist-ae-8"},
    "compare-image": {"part": "loss"},
    "around": {"model": "digits-dense-49"},
    "every": {"model": "digits-dense-49"},
    "compute": {"part": "arithmetic"},
    "lasso": {"part": "arithmetic"},
    "direction": {"part": "arithmetic", "compute": "a-direction"},
    "strength": {"part": "arithmetic", "compute": "a-direction"},
    "from-class": {
        "part": "arithmetic",
        "compute": "a-direction",
        "direction": "class-to-class",
    },
    "to-class": {"part": "arithmetic", "compute": "a-direction", "direction": "class-to-class"},
    "codes-colour": {"part": "maps", "model": "shapes-plain-10"},
    "look-at": {"part": "anomalies"},
    "other-set": {"part": "anomalies", "look-at": "another-set"},
    "score": {"part": "anomalies"},
    "threshold": {"part": "anomalies"},
    "way-of-map": {"part": "maps", "model": "digits-dense-49"},
    "epochs": {"unit": "epochs"},
    "recipe": {"preset": "dense-49"},
    "train-strength": {"train-noise": "gaussian"},
    "train-mean": {"train-noise": "gaussian"},
    "encoder": {"what": "classifier"},
    "labels": {"what": "classifier"},
    "head": {"what": "classifier"},
    "ten": {"part": "side-by-side", "compare": "digits-dense-49,digits-tanh-3"},
    "reader": {"part": "features", "model": "digits-dense-49"},
    "mistakes-of": {"part": "features", "model": "digits-dense-49"},
    "mistake": {"part": "features", "model": "digits-dense-49"},
    "canvas": {"model": "mnist-agarap-64"},
    "remedies": {"part": "overfitting"},
    "few": {"part": "overfitting"},
    "fault": {"part": "break-it"},
}
BUTTONS = {"draw": "Another ten", "canvas": "Another sixteen", "clouds": "Draw again",
           "pair": "Two others", "noise-draw": "New noise"}  # fmt: skip
OPTIONS = {"network": "network-widths", "steps": "steps-batch_size", "head": "head-scratch"}
"""Of values that hold options: one of these."""

LONG = {"mistakes-of", "mistake", "reader", "canvas", "codes-colour"}
"""What takes some seconds to compute or to read."""

EVERY = [
    pytest.param(
        page,
        name_of(declared),
        id=f"{page}-{name_of(declared)}",
        marks=[pytest.mark.long] * bool({name_of(declared), f"{page}-{name_of(declared)}"} & LONG),
    )
    for page, groups in PAGES.items()
    for group in groups
    for declared in group.declared()
    if name_of(declared) not in IN_THE_BROWSER
    and (page, name_of(declared)) not in {("train", "model"), *ON_THE_MAP}
]


def widget(app: AppTest, key: str) -> Any:
    """The widget with this key."""
    kinds = ("button_group", "selectbox", "multiselect", "number_input", "slider", "checkbox",
             "select_slider", "toggle", "text_input")  # fmt: skip
    found = [each for kind in kinds for each in app.get(kind) if each.key == key]
    assert len(found) == 1, f"{key}: {len(found)}"
    return found[0]


VALUES: dict[str, Any] = {
    "threshold": 0.8, "colour": "hue", "other-set": "two",
    "model": "digits-tanh-3", "class": "7", "from": "5", "to": "6", "from-class": "5",
    "to-class": "2", "view": "decoded", "way": "arc", "labels": 50,
    "compare": ["digits-tanh-3", "digits-deep-49"],
    "preset": "dense-49", "start-from": "digits-deep-49", "recipe": "fast",
    "sizes": [1, 2, 4], "along": "strengths-of-noise",
    "ladder": "vae-2", "seeds": 3, "ladder-steps": 1000,
    "classes": ["3", "8"], "encoder": "digits-tanh-3", "size": 64, "few": 100,
    "remedies": ["a-smaller-code"], "mistakes-of": "10-from-scratch", "network-widths": "64, 32",
}  # fmt: skip


def moved(app: AppTest, name: str, choices: tuple[str, ...]) -> AppTest:
    """The page after a person has moved the widget of that name."""
    if name in BUTTONS:
        return press(app, BUTTONS[name])
    if name == "mistake":  # which there are, classifiers trained for a moment decide
        return app.selectbox(key=name).select_index(1).run()
    key = {"model": "model-box", **OPTIONS}.get(name, name)
    found = widget(app, key)
    if key in VALUES or name in VALUES:
        value = VALUES.get(key, VALUES.get(name))
    elif found.type in ("button_group", "selectbox") and choices:
        value = next(each for each in reversed(choices) if each not in (found.value, ""))
    elif found.type == "selectbox":
        value = int(found.options[3].rpartition(" ")[2])  # "a 7, test image 42"
    elif found.type in ("toggle", "checkbox"):
        value = not found.value
    else:
        value = found.value + found.step
    return found.set_value(value).run()


@pytest.fixture
def brief_classifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a few labels are trained for a moment."""
    monkeypatch.setattr(few_labels, "TRIED_SECONDS", 0.0)
    monkeypatch.setattr(few_labels, "LONGEST_SECONDS", 1.0)


@pytest.fixture
def two_sets(home: Path) -> None:
    """Two sets of everybody, of as many pixels as the digits."""
    collection = collection_of(20)
    for name in ("one", "two"):
        saving.save_for_all(
            collection, collection.survey(), Form(), name=name, title=name.capitalize()
        )


@pytest.mark.usefixtures("brief_classifiers")
@pytest.mark.parametrize(("script", "name"), EVERY)
@pytest.mark.one_in(5)
def test_what_is_set_by_hand_is_shown_at_the_copied_address(
    script: str, name: str, request: pytest.FixtureRequest
) -> None:
    start = WHERE.get(f"{script}-{name}", WHERE.get(name, {}))
    if name in OF_MNIST:
        request.getfixturevalue("mnist")
    if name == "other-set":
        request.getfixturevalue("two_sets")
    before = opened(script, **start)
    if {name, f"{script}-{name}"} & ANSWERED:
        for label in [each.label for each in before.button if each.label.endswith(": compute")]:
            press(before, label)
        analysis_runner.answer_all()
        before = opened(script, **start)
    assert name not in before.query_params or name == "model"
    at_first = looks(before)
    choices = next(
        each.choices
        for group in PAGES[script]
        for each in group.declared()
        if name_of(each) == name
    )  # fmt: skip
    app = moved(before, name, choices)
    assert not app.exception
    assert name in app.query_params
    assert looks(app) != at_first or script == "train"
    address = {key: app.query_params[key] for key in app.query_params}
    again = opened(script, **address)
    assert not again.exception and not again.warning
    assert {key: again.query_params[key] for key in again.query_params} == address
    assert looks(again) == looks(app)
    assert shown(again) == shown(app)


def looks(app: AppTest) -> list[str]:
    """What a page says, and its charts."""
    return [words(app), *(chart.proto.spec for chart in app.get("plotly_chart"))]


def shown(app: AppTest) -> dict[str, Any]:
    """What every widget that is kept in the address shows."""
    names = {name_of(each) for groups in PAGES.values() for group in groups
             for each in group.declared()} | set(OPTIONS.values())  # fmt: skip
    kinds = ("button_group", "selectbox", "multiselect", "number_input", "slider", "toggle",
             "checkbox", "text_input", "select_slider")  # fmt: skip
    found: list[Any] = [each for kind in kinds for each in app.get(kind)]
    return {each.key: each.value for each in found if each.key in names}


def test_what_is_not_moved_here_is_a_value_of_a_page() -> None:
    named = {name_of(each) for groups in PAGES.values() for group in groups
             for each in group.declared()}  # fmt: skip
    of_one_page = {"codes-colour"}
    assert IN_THE_BROWSER | ANSWERED | OF_MNIST | set(BUTTONS) | set(OPTIONS) <= named | of_one_page
