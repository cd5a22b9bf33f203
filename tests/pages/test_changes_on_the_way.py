"""Train: a run that is changed in its middle, by its owner alone, and what its curve says of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from ae_core.jobs import access, states, table
from ae_core.jobs.job import Job
from ae_core.jobs.states import Controls
from ae_core.noise import Gaussian
from ae_core.training.on_the_way.changes import in_words
from ae_core.training.runs import RunSpec
from pages.ui.train import curves
from tests.pages import app_pages
from tests.pages.app_pages import press, words
from tests.people import ME

pytestmark = pytest.mark.usefixtures("fresh_caches", "me")

opened = partial(app_pages.opened, "train")
SPEC = RunSpec("vae-2", "digits", steps=400, title="Mine", noise=Gaussian(mean=0.0, std=0.3))
MADE = ["0:beta=1.0", "0:noise=0.3", "20:beta=4.0", "20:noise=0.1", "90:beta=1.0"]


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "me")


@pytest.fixture
def job() -> Job:
    """A run that is under way."""
    job = access.submit(ME, SPEC)
    table.claim(1)
    at = {
        "step": 30, "steps": 400, "epoch": 1, "epochs": 40, "seconds": 3.0, "seconds_left": 9.0,
        "images_per_second": 100.0, "skipped": 0, "device": "CPU", "changes": MADE[:4],
    }  # fmt: skip
    told = [
        {"step": 10 * n, "seconds": float(n), "train": {"bce": 200.0 / n, "kl": 1.0}, "test": {}}
        for n in (1, 2, 3)
    ]
    table.advance(job.id, at, told)
    return table.get(job.id)


def controls(job: Job) -> Controls:
    return table.get(job.id).controls


def test_what_is_moved_is_wanted_of_the_run_and_starts_at_what_it_is(job: Job) -> None:
    app = opened()
    assert not app.exception
    assert app.select_slider(key=f"noise-{job.id}").value == 0.1
    beta, rate = (app.select_slider(key=f"{what}-{job.id}") for what in ("beta", "rate"))
    assert (beta.value, rate.value) == (4.0, 1.0)
    beta.set_value(16.0).run()
    app.select_slider(key=f"rate-{job.id}").set_value(0.1).run()
    app = app.select_slider(key=f"noise-{job.id}").set_value(0.7).run()
    assert controls(job).values == {"beta": 16.0, "rate": 0.1, "noise": 0.7}
    assert app.select_slider(key=f"beta-{job.id}").value == 16.0


def test_a_run_is_slowed_down_stopped_between_two_steps_and_let_go(job: Job) -> None:
    app = opened()
    app.button_group(key=f"pace-{job.id}-full").set_value("one").run()
    assert controls(job).pace == 1.0
    app = app.button_group(key=f"pace-{job.id}-one").set_value("single").run()
    assert "Step 30 of 400: it waits" in app.get("progress")[0].proto.text
    app = press(press(app, "One step"), "One step")
    assert controls(job) == Controls(pace=0.0, until=32)
    table.end(job.id, states.PAUSED)
    app = press(opened(), "One step")
    assert (table.get(job.id).state, controls(job).until) == (states.QUEUED, 33)
    table.claim(1)
    table.end(job.id, states.PAUSED)
    press(opened(), "Resume")
    assert (table.get(job.id).state, controls(job).pace) == (states.QUEUED, None)


def test_a_model_that_is_computed_at_once_has_nothing_to_change() -> None:
    access.submit(ME, replace(SPEC, preset="pca", noise=None))
    popovers = [each.proto.popover.label for each in opened().get("popover")]
    assert not [label for label in popovers if "What happens if" in label]


def test_changes_are_marked_where_they_were_made(job: Job) -> None:
    events = access.events(ME, job.id)
    assert curves.changes_of(job, events) == [(2.0, "beta 4"), (2.0, "noise 0.1")]
    assert in_words(MADE, 400) == (
        "beta 4 from step 20 on; noise 0.1 from step 20 on; beta 1 from step 90 on"
    )
    assert in_words(["<b>"], 400) == "'<b>'"
    assert "lower loss is better" in words(opened())
