"""Caches that are emptied, by whomever: nobody loses anything, it is only made once more."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import image_sets
from ae_core.jobs import access, files, states, table
from ae_core.training.runs import RunSpec
from tests.pages.app_pages import opened
from tests.people import ANN, TEACHER

pytestmark = pytest.mark.usefixtures("fresh_caches")

ROOT = Path(__file__).resolve().parents[2]

AT = {
    "step": 30, "steps": 90, "epoch": 1, "epochs": 3, "seconds": 3.0, "seconds_left": 6.0,
    "images_per_second": 1000.0, "skipped": 0, "device": "CPU",
}  # fmt: skip


def cleared() -> None:
    """What one message from any browser would do to all others."""
    st.cache_data.clear()
    st.cache_resource.clear()


def shown(app: AppTest) -> list[bytes]:
    """Everything on the page: words, pictures, charts, and how each control stands.

    Only what can be downloaded has another address each time.
    """
    assert not app.exception
    assert [error.value for error in app.error] == []
    return [
        each.proto.SerializeToString(deterministic=True)
        for each in app.main
        if each.proto and each.type != "download_button"
    ]


def zipped(count: int = 24) -> bytes:
    written, random = io.BytesIO(), np.random.default_rng(0)
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(count):
            one = io.BytesIO()
            coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), np.uint8))
            coarse.resize((40, 30), Image.Resampling.BICUBIC).save(one, "PNG")
            archive.writestr(
                f"pets/{'cats' if number % 2 else 'dogs'}/{number}.png", one.getvalue()
            )
    return written.getvalue()


def test_an_upload_that_is_half_reviewed_is_as_it_was_and_can_be_kept() -> None:
    app = opened("image_sets")
    app.file_uploader[0].set_value([("pets.zip", zipped(), "")])
    app.run()
    app.segmented_control(key="image-sets:size").set_value(64)
    app.toggle(key="image-sets:colour").set_value(False)
    app.text_input(key="image-sets:title").set_value("Half way").run()
    before = shown(app)
    cleared()
    assert shown(app.run()) == before
    next(each for each in app.button if each.label == "Keep these 24").click().run()
    assert not app.exception
    kept = image_sets.load(app.query_params["set"])
    assert (kept.title, kept.image_shape) == ("Half way", (1, 64, 64))


def test_a_run_goes_on_and_its_curves_and_views_are_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "ann")
    monkeypatch.setattr("pages.ui.train.progress.time.time", lambda: 0.0)
    job = access.submit(ANN, RunSpec("ae-2", "digits", steps=90, title="Mine"))
    assert table.claim(1)
    events = [
        {"step": step, "seconds": step / 10, "train": {"bce": 1 / step}, "test": {"bce": 2 / step}}
        for step in (10, 20, 30)
    ]
    table.advance(job.id, AT, events)
    files.keep_snapshot(
        job.name, 30,
        {
            "before": torch.zeros(8, 1, 8, 8, dtype=torch.uint8),
            "after": torch.zeros(8, 1, 8, 8, dtype=torch.uint8),
            "grid": torch.zeros(9, 1, 8, 8, dtype=torch.uint8),
            "places": torch.zeros(5, 2), "ends": torch.tensor([[0.0, 0.0], [1.0, 1.0]]),
            "labels": torch.zeros(5, dtype=torch.int64),
        },
    )  # fmt: skip
    app = opened("train")
    app.text_input(key="run-title").set_value("The next one").run()
    before = shown(app)
    assert app.get("plotly_chart")
    cleared()
    assert shown(app.run()) == before
    assert app.text_input(key="run-title").value == "The next one"
    assert table.get(job.id).state == states.RUNNING
    table.advance(job.id, AT, [{**events[0], "step": 40}])
    assert len(access.events(TEACHER, job.id)) == 4


@pytest.mark.usefixtures("server_decodes")
def test_a_model_is_explored_from_where_one_was() -> None:
    app = opened("latent_space", model="digits-vae-conv-2", z="0.5,-0.25")
    app.slider[0].set_value(0.1).run()
    before = shown(app)
    cleared()
    assert shown(app.run()) == before
    assert app.slider[0].value == 0.1


@pytest.mark.parametrize("script", ["home", "reconstruct", "denoise", "models"])
def test_every_page_is_as_it_was(script: str) -> None:
    app = opened(script).run()
    before = shown(app)
    assert before
    cleared()
    assert shown(app.run()) == before
