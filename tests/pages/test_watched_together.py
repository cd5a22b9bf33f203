"""Train: a run that its owner shows to others, who see it drawn once for all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import torch
from plotly import subplots

from ae_core.accounts import ownership
from ae_core.classroom import classes, members
from ae_core.jobs import access, files, table
from ae_core.jobs.job import Job
from ae_core.training.runs import RunSpec
from pages.ui.train import snapshots
from tests.pages import app_pages
from tests.pages.app_pages import press, words
from tests.people import ANN, BOB

pytestmark = pytest.mark.usefixtures("fresh_caches")

opened = partial(app_pages.opened, "train")


@pytest.fixture
def job() -> Job:
    """A run of Ann's that is under way, and a snapshot of it."""
    job = access.submit(ANN, RunSpec("ae-2", "digits", steps=400, title="Hers"))
    table.claim(1)
    at = {
        "step": 20, "steps": 400, "epoch": 1, "epochs": 40, "seconds": 2.0, "seconds_left": 9.0,
        "images_per_second": 100.0, "skipped": 0, "device": "CPU", "changes": [],
    }  # fmt: skip
    told = [
        {"step": 10 * n, "seconds": float(n), "train": {"bce": 1 / n}, "test": {"bce": 2 / n}}
        for n in (1, 2)
    ]
    table.advance(job.id, at, told)
    images = torch.zeros(8, 1, 28, 28, dtype=torch.uint8)
    files.keep_snapshot(
        job.name,
        20,
        {
            "before": images, "after": images.clone(), "grid": images[:4].clone(),
            "places": torch.rand(10, 2).half(), "labels": torch.arange(10, dtype=torch.int16),
            "ends": torch.tensor([[0.0, 0.0], [1.0, 1.0]]),
        },
    )  # fmt: skip
    return table.get(job.id)


def as_visitor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: name)


def test_who_has_the_link_sees_the_run_and_has_nothing_to_press_on_it(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    ownership.share(ANN, job.name, True)
    as_visitor("bob", monkeypatch)
    app = opened(run=job.name)
    assert not app.exception
    assert "## Hers" in words(app)
    assert "test images, and below" in words(app)
    assert "On test images now" in words(app)
    assert not {"Pause", "Stop and keep", "Discard", "One step"} & {b.label for b in app.button}
    popovers = {popover.proto.popover.label for popover in app.get("popover")}
    assert not {"What happens if …", "Share", "Delete"} & popovers
    ownership.share(ANN, job.name, False)
    app.run()
    assert "## Hers" not in words(app)
    assert "not shared any more" in words(app)
    assert "Nothing trained yet" in words(press(app, "Back to your own"))


def test_a_run_is_drawn_once_for_all_who_look_at_it(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def counted(what: str, made: Any) -> Any:
        def call(*given: Any, **options: Any) -> Any:
            drawn.append(what)
            return made(*given, **options)

        return call

    monkeypatch.setattr(
        "pages.ui.train.curves.make_subplots", counted("curve", subplots.make_subplots)
    )
    monkeypatch.setattr(snapshots, "scatter", counted("map", snapshots.scatter))
    ownership.share(ANN, job.name, True)
    for name in ("bob", "cid", "dan"):
        as_visitor(name, monkeypatch)
        assert "## Hers" in words(opened(run=job.name))
    as_visitor("ann", monkeypatch)
    assert "## Hers" in words(opened())
    assert sorted(drawn) == ["curve", "map"]


def test_the_owner_shares_a_run_under_way_and_has_its_link(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_visitor("ann", monkeypatch)
    app = opened()
    assert not [each for each in app.code if "run=" in each.value]
    app = app.toggle(key=f"together-share-{job.id}").set_value(True).run()
    (link,) = [each.value for each in app.code if "run=" in each.value]
    assert link.endswith(f"/train?run={job.name}")
    app.toggle(key=f"together-share-{job.id}").set_value(False).run()
    belonging = ownership.get(ANN, job.name)
    assert belonging is not None and not belonging.shared


def test_a_class_watches_its_teachers_run_for_as_long_as_it_is_shown(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_class = classes.open_class(replace(ANN, is_teacher=True))
    classes.follow(ANN, open_class.code, True)
    members.join(BOB, open_class.code, "Bob")
    as_visitor("ann", monkeypatch)
    teacher = opened()
    assert not teacher.exception
    as_visitor("bob", monkeypatch)
    student = app_pages.opened("home")
    assert not student.exception
    assert "Somebody shows you this run" in words(student)
    assert "## Hers" in words(student)

    as_visitor("ann", monkeypatch)
    teacher.switch_page("../compare.py").run()
    assert not teacher.exception
    found = ownership.get(ANN, job.name)
    assert found is not None
    assert not found.shared
