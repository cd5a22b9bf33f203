"""The page Classroom: what a teacher does with everybody's runs."""

from __future__ import annotations

import pytest

from ae_core.jobs import access, self_test, states
from ae_core.training.runs import RunSpec
from tests.pages.app_pages import opened, press
from tests.people import ANN, BOB, TEACHER

SPEC = RunSpec("tanh-3", "digits", steps=2, title="A run")


@pytest.mark.usefixtures("fresh_caches", "home")
def test_the_teacher_reads_what_the_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_TEACHER_KEY", "a long word")
    app = opened("classroom")
    assert "This machine" not in [each.value for each in app.header]
    app.text_input(key="key").set_value("a long word").run()
    assert not app.exception
    said = [each.value for each in app.markdown]
    for fact in self_test.facts():
        assert any(f"**{fact.name}** · " in line for line in said), fact


@pytest.mark.usefixtures("fresh_caches", "home")
def test_a_run_that_is_gone_keeps_no_other_from_being_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AE_TEACHER_KEY", "a long word")
    jobs = [access.submit(person, SPEC) for person in (ANN, ANN, BOB)]
    app = opened("classroom")
    app.text_input(key="key").set_value("a long word").run()
    access.forget(ANN, jobs[1].id)
    press(app, "End all")
    assert not app.exception
    assert [job.state for job in access.everything(TEACHER)] == [states.DISCARDED] * 2
