"""Models of every size of the code, trained as one and measured on their way."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from ae_core import analyses, image_sets
from ae_core.analyses import Answer, whole_ladder
from ae_core.analyses.whole_ladder import Sweep
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.training import runs
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import Training
from pages.ui.compare import ladder_curve
from tests.training.small_runs import few_of


@pytest.fixture
def few(digits: ImageSet, monkeypatch: pytest.MonkeyPatch) -> ImageSet:
    """Few digits, whatever set is asked for."""
    found = few_of(digits, 200, 40)
    monkeypatch.setattr(image_sets, "select", lambda *_, **__: found)
    monkeypatch.setattr(image_sets, "load", lambda *_, **__: found)
    return found


def answered(images: ImageSet, sweep: Sweep) -> tuple[Answer, list[Any]]:
    """The answer, and everything that was told on its way."""
    told: list[Any] = []
    asked = {"images": images.key.to_dict(), "sweep": sweep.to_dict()}
    return analyses.compute("whole_ladder", asked, lambda *said: told.append(said)), told


@pytest.mark.parametrize(
    ("sweep", "ways"),
    [
        (Sweep("ae-2", sizes=(1, 4), seeds=2, steps=12), [(None, None)]),
        (Sweep("vae-2", sizes=(2,), betas=(0.5, 8.0), steps=12), [(None, 0.5), (None, 8.0)]),
        (
            Sweep("ae-2", sizes=(2, 3), noise="gaussian", strengths=(0.1, 0.6), steps=12),
            [(0.1, None), (0.6, None)],
        ),
    ],
)
@pytest.mark.one_in(3)
def test_each_error_is_that_of_the_model_trained_alone(
    sweep: Sweep, ways: list[tuple[float | None, float | None]], few: ImageSet
) -> None:
    answer, told = answered(few, sweep)
    errors = answer.tensors["errors"]
    assert errors.shape == (len(sweep.sizes), sweep.seeds, len(ways))
    assert [(way["noise"], way["beta"]) for way in answer.values["ways"]] == ways
    clean = few.test.float() / 255
    for spec, place in zip(sweep.specs("digits"), range(sweep.models), strict=True):
        model = runs.network(spec, few)
        training = Training(runs.objective(spec, few, model), seed=spec.seed, steps=spec.steps)
        for _ in training.prepare(arithmetic=Arithmetic(threads=1)):
            pass
        alone = whole_ladder.error(model, sweep.spoiled(clean)[place % len(ways)], clean)
        assert float(errors.flatten()[place]) == pytest.approx(alone, rel=0.1)
    first = told[1][2]
    assert bool(first.tensors["errors"].isnan().all()) and first.values["step"] == 0
    assert told[-1][2].values["step"] == told[-1][2].values["steps"] == 12 * sweep.models


def test_pca_beside_it_is_the_best_that_a_linear_code_can_do(digits: ImageSet) -> None:
    clean = digits.test.float() / 255
    found = whole_ladder.pca_errors(digits.train, [clean], clean, (1, 4, 16))[:, 0]
    flat = digits.train.flatten(1).float() / 255
    mean = flat.mean(0)
    axes = torch.linalg.svd(flat - mean, full_matrices=False).Vh
    x = clean.flatten(1) - mean
    for size, error in zip((1, 4, 16), found.tolist(), strict=True):
        drawn = (x @ axes[:size].T @ axes[:size] + mean).clamp(0, 1)
        assert error == pytest.approx(float((drawn - x - mean).square().mean()), rel=1e-2)


def test_what_cannot_be_trained_as_a_ladder_is_refused_in_a_sentence(few: ImageSet) -> None:
    with pytest.raises(UserError, match="2 to 64 models, and these are 65"):
        answered(few, Sweep("ae-2", sizes=tuple(range(1, 14)), seeds=5))
    with pytest.raises(UserError, match="steps is 0"):
        Sweep(steps=0)
    with pytest.raises(UserError, match="seeds is 10"):
        Sweep.from_dict({"seeds": 10})


@pytest.mark.parametrize("step", [3, 10])
def test_the_title_says_how_far_it_is_and_then_what_was_found(step: int) -> None:
    sweep = Sweep("ae-2", sizes=(1, 8))
    tensors = {
        "errors": torch.tensor([[[0.02]], [[0.011]]]), "pca": torch.tensor([[0.04], [0.01]])
    }  # fmt: skip
    answer = Answer(tensors, {"ways": sweep.ways, "tested": 10, "step": step, "steps": 10})
    assert (
        ladder_curve.title(sweep, answer, {1: 0.02, 8: 0.011})
        == {
            3: "After 30% of the training",
            10: "At 1 number the autoencoder makes 50% less error than PCA",
        }[step]
    )


def test_every_network_that_is_offered_has_sizes(few: ImageSet) -> None:
    from pages.ui.compare.whole_ladder import has_sizes

    names = [name for name, family in FAMILY_OF.items() if has_sizes(family)]
    assert {"ae-16", "vae-2"} <= set(names)
    assert not {name for name in names if FAMILIES[FAMILY_OF[name]].model.solved_at_once}
    for name in names:
        network = runs.network(Sweep(name, sizes=(3, 5)).specs("digits")[0], few)
        assert network.latent_dim == 3


def test_models_that_diverge_leave_a_gap(few: ImageSet) -> None:
    x = few.test.float() / 255
    model = runs.network(Sweep("ae-2", sizes=(2, 3)).specs("digits")[0], few)
    with torch.no_grad():
        next(model.parameters()).fill_(math.nan)
    assert math.isnan(whole_ladder.error(model, x, x))
