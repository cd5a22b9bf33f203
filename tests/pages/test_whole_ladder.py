"""Compare, the bottleneck: the whole ladder is trained, drawn on its way, and bounded."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ae_core.analyses import Answer
from ae_core.analyses.whole_ladder import Sweep
from ae_core.jobs import analysis_results, analysis_runner, answers_so_far
from pages.ui.state.declared import Ladder
from tests.pages import app_pages
from tests.pages.app_pages import press, values, words
from tests.people import TEACHER

pytestmark = pytest.mark.usefixtures("fresh_caches")

opened = partial(app_pages.opened, "compare", model="digits-tanh-3", ladder="ae-2")
small = partial(opened, sizes="1,4", **{"ladder-steps": "100"})


def waiting() -> str:
    """The key of the question that waits."""
    _, working = analysis_results.under_way()
    row = analysis_results.claim()
    assert row is not None and not working
    return row.key


def test_the_ladder_is_trained_at_a_press_and_drawn_while_it_is() -> None:
    app = small()
    assert not app.exception
    assert "2 models, 100 steps each, trained as one on 1,437 digits: about" in words(app)
    app = press(app, "Train the whole ladder")
    assert "trained as one" not in words(app)
    key = waiting()
    sweep = Sweep("ae-2", sizes=(1, 4))
    tensors = {"errors": torch.tensor([[[0.05]], [[0.04]]]), "pca": torch.ones(2, 1)}
    at = {"ways": sweep.ways, "tested": 7, "step": 50, "steps": 200}
    answers_so_far.keep(key, Answer(tensors, at))
    analysis_results.advance(key, 0.25, "25% trained")
    app.run()
    assert "25% trained" in app.get("progress")[0].proto.text
    assert "over 7 test images" in words(app)
    press(app, "Stop")
    row = analysis_results.get(TEACHER, key)
    assert row is not None and row.state == analysis_results.STOPPED


def test_its_answer_is_kept_for_whoever_asks_the_same(tmp_path: Path) -> None:
    press(small(), "Train the whole ladder")
    analysis_runner.answer_all()
    app = small()
    assert "over 360 test images" in words(app)
    assert not [button for button in app.button if button.label == "Train the whole ladder"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"sizes": "16"}, "These are 1 model. A ladder has 2 to 64"),
        (
            {"sizes": "1,2,3,4,8", "seeds": "5", "along": "strengths-of-noise"},
            "These are 75 models. A ladder has 2 to 64",
        ),
    ],
)
def test_what_is_no_ladder_is_said_to_be_none(address: dict[str, str], said: str) -> None:
    app = opened(**address)
    assert not app.exception
    assert said in words(app)
    assert "Train the whole ladder" not in [button.label for button in app.button]


def test_what_would_take_too_long_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.toml").write_text("train_seconds = 2\n", "utf-8")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "limits.toml"))
    app = opened(**{"seeds": "5", "ladder-steps": "3000"})
    assert "Choose fewer models or steps" in words(app)
    assert "`train_seconds`" in words(app)
    assert "Train the whole ladder" not in [button.label for button in app.button]


def test_betas_are_offered_where_there_is_one() -> None:
    def ways(app: AppTest) -> list[str]:
        return [each.content for each in app.button_group(key="along").proto.options]

    assert ways(opened()) == ["nothing", "strengths of noise"]
    app = app_pages.opened("compare", model="digits-tanh-3", ladder="vae-2", along="betas")
    assert ways(app) == ["nothing", "strengths of noise", "betas"]
    assert values(app, Ladder).along == "betas"
    assert "21 models" in words(app)
