"""The part Anomalies of the page Codes: a set's own images, those of another, new pictures."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core.images.form import Form
from ae_core.jobs import analysis_runner
from pages.ui.codes import anomalies
from pages.ui.codes.scored import Scored
from tests.image_sets.pets import collection_of, saved
from tests.pages.app_pages import opened, words
from tests.pages.test_compare import chart_title
from tests.pages.test_own_image_sets import model_of_mine

pytestmark = pytest.mark.usefixtures("fresh_caches")

MODEL = {"model": "digits-dense-49", "part": "anomalies"}


def answered(**address: str) -> AppTest:
    """The page once everything that it asks is worked out."""
    opened("codes", **address)
    analysis_runner.answer_all()
    app = opened("codes", **address)
    assert [each.value for each in (*app.error, *app.exception)] == []
    return app


def beyond(app: AppTest) -> tuple[int, int]:
    title = " ".join(chart_title(app.get("plotly_chart")[0]).split("<br>"))
    found = re.match(r"([\d,]+) of ([\d,]+) images? lies? beyond", title)
    assert found is not None, title
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


@pytest.mark.parametrize("score", ["error", "distance"])
def test_threshold_moves_how_many_lie_beyond_it_and_how_many_false_alarms(score: str) -> None:
    app = answered(**MODEL, score=score)
    assert beyond(app) == (17, 360)
    assert "By construction 17 of 360 test images" in words(app)
    assert "lie beyond it (4.7%)" in words(app)
    app.slider(key="threshold").set_value(0.5).run()
    assert beyond(app) == (179, 360)
    assert app.query_params["threshold"] == "0.5"


def test_list_names_images_and_their_classes() -> None:
    app = answered(**MODEL)
    assert len(re.findall(r'alt="\d, test image \d+"', words(app))) == anomalies.LISTED


def test_training_images_are_looked_at_by_their_own_numbers() -> None:
    app = answered(**MODEL, **{"look-at": "training-images"})
    assert beyond(app)[1] == 1_437
    assert "training image" in words(app)


def test_new_pictures_are_brought_into_form_and_scored() -> None:
    app = answered(**MODEL, **{"look-at": "new-pictures"})
    assert "Drop pictures here" in words(app)
    ink = np.full((90, 90), 250, np.uint8)
    ink[20:70, 40:50] = 10
    for name, pixels in (("bar.png", ink), ("empty.png", np.full((90, 90), 250, np.uint8))):
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "PNG")
        app.file_uploader[0].upload(name, data.getvalue(), "image/png")
    app.run()
    assert [each.value for each in (*app.error, *app.exception)] == []
    assert beyond(app)[1] == 1
    assert 'alt="bar.png"' in words(app)
    assert "empty\\.png: " in words(app)


def test_images_of_another_set_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")
    app = answered(**MODEL, **{"look-at": "another-set"})
    assert "no other set with images of this size" in words(app)
    saved(collection_of(20), Form(size=28))
    app = answered(**MODEL, **{"look-at": "another-set"})
    assert beyond(app)[1] == 20


def test_pictures_of_ones_own_become_what_the_sets_pictures_became(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")
    address = {"model": model_of_mine("ae-2"), "part": "anomalies", "look-at": "new-pictures"}
    app = answered(**address)
    data = io.BytesIO()
    Image.new("RGB", (90, 60), (0, 200, 0)).save(data, "PNG")
    app.file_uploader[0].upload("green.png", data.getvalue(), "image/png").run()
    assert beyond(app) == (1, 1)
    assert 'alt="green.png"' in words(app)


def test_table_has_every_image_with_its_name_its_class_and_both_scores() -> None:
    scored = Scored(
        {"error": torch.tensor([0.1, 0.3]), "distance": torch.tensor([2.0, 1.0])},
        lambda rows: rows, ["a", "=b"].__getitem__, ["cat", ""].__getitem__,
    )  # fmt: skip
    rows = list(csv.reader(io.StringIO(anomalies._table(scored, 0.2, "error"))))
    assert rows[0] == ["name", "class", "error (MSE)", "distance in code", "beyond the threshold"]
    assert [row[0] for row in rows[1:]] == ["'=b", "a"]
    assert [row[1] for row in rows[1:]] == ["", "cat"]
    assert [row[4] for row in rows[1:]] == ["1", "0"]
    assert float(rows[1][2]) == pytest.approx(0.3)
