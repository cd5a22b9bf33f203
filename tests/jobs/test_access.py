"""Who may train on what: public things, one's own, and what somebody shared by its link."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core.accounts import ownership
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import access, states
from ae_core.jobs.kinds import AnySpec
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.people import ANN, BOB, TEACHER, with_links


@pytest.fixture
def set_of_bob(home: Path) -> str:
    collection = PictureCollection()
    for number in range(20):
        coarse = np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8)
        collection.add(ReadResult(f"{number}.png", "", Image.fromarray(coarse)))
    return saving.save(BOB, collection, collection.survey(), Form(), title="Bob's").name


@pytest.fixture
def model_of_bob(home: Path) -> str:
    name = ownership.new_name("bobs")
    ownership.add(BOB, name, ownership.CHECKPOINT, "Bob's")
    return name


@pytest.fixture(params=["image set", "model", "encoder", "labelled images"])
def asked(request: pytest.FixtureRequest, set_of_bob: str, model_of_bob: str) -> AnySpec:
    """A run that needs something of Bob's."""
    found: dict[str, AnySpec] = {
        "image set": RunSpec("ae-2", set_of_bob),
        "model": RunSpec("ae-2", "digits", start_from=model_of_bob),
        "encoder": ClassifierSpec(checkpoint=model_of_bob, image_set="digits"),
        "labelled images": ClassifierSpec(checkpoint="digits-tanh-3", image_set=set_of_bob),
    }
    return found[request.param]


def name_of_bobs(asked: AnySpec) -> str:
    """What of it is Bob's."""
    return next(name for name in (asked.starts_from, asked.image_set) if name.startswith("my-"))


def test_nobody_trains_with_what_is_another_persons(asked: AnySpec) -> None:
    for opened in ((), (asked.image_set, asked.starts_from)):
        with pytest.raises(UserError, match="not here, or is not shared any more"):
            access.submit(with_links(ANN, *opened), asked)
    assert access.everything(TEACHER) == []
    assert ownership.of(ANN, ownership.CHECKPOINT) == []


def test_everybody_trains_with_what_is_theirs(asked: AnySpec) -> None:
    assert access.submit(BOB, asked).state == states.QUEUED


def test_what_is_shared_can_be_trained_with_by_whoever_has_its_link(asked: AnySpec) -> None:
    name = name_of_bobs(asked)
    ownership.share(BOB, name, True)
    with pytest.raises(UserError, match="not here, or is not shared any more"):
        access.submit(ANN, asked)
    assert access.submit(with_links(ANN, name), asked).state == states.QUEUED


def test_a_forged_choice_on_the_page_trains_on_nothing_of_another_persons(
    set_of_bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "ann")

    def page() -> None:
        import streamlit as st

        from ae_core.training.runs import RunSpec
        from pages.ui.shared import widgets
        from pages.ui.train import here

        if forged := st.text_input("Set", key="forged"):
            with widgets.shown_errors():
                here.submit(RunSpec("ae-2", forged), "cpu")

    app = AppTest.from_function(page).run()
    app.text_input(key="forged").set_value(set_of_bob).run()
    assert not app.exception
    assert "The image set is not here" in app.error[0].value
    assert access.everything(TEACHER) == []
    app.query_params["set"] = set_of_bob
    ownership.share(BOB, set_of_bob, True)
    app.run()
    assert not app.exception
    assert [job.owner for job in access.everything(TEACHER)] == ["ann"]
