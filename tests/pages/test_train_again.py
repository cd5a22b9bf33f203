"""A run that is over fills the form, to change something and train again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ae_core.jobs import access, states, table
from ae_core.noise import Gaussian, Masking
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.pages.app_pages import opened, press
from tests.people import ANN

SPECS = {
    "by seconds": RunSpec(
        "vae-2", "digits", seconds=7.0, seed=5, noise=Gaussian(0.2, 0.4), only_classes=("3", "8"),
        config={"latent_dim": 5, "beta": 2.0}, recipe={"learning_rate": 0.002, "threads": 1},
        keep_codes=True, title="First",
    ),
    "by epochs": RunSpec(
        "ae-2", "digits", recipe={"epochs": 3, "threads": 1}, noise=Masking(0.3), keep_codes=True,
        title="First",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("fresh_caches")
@pytest.mark.parametrize("kind", SPECS)
def test_form_is_filled_with_what_a_run_was_asked_for(
    kind: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: ANN.id)
    first = access.submit(ANN, SPECS[kind])
    assert table.claim(1) and isinstance(first.spec, RunSpec)
    brief = replace(first.spec, seconds=None, steps=2, recipe={"threads": 1})
    run = runs.start(brief, on="cpu")
    list(runs.watch(run))
    runs.finish(run)
    table.end(first.id, states.FINISHED)
    app = press(press(opened("train"), "Again with"), "Train")
    assert not app.exception and not app.error
    second = access.of(ANN)[0]
    assert second.id != first.id
    assert replace(second.spec, name="", title="") == replace(first.spec, name="", title="")
