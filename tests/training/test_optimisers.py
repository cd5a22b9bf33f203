"""The first weights, the learning rates, and which optimiser takes which weights."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from ae_core import checkpoints
from ae_core.recipes import Recipe
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction
from ae_core.types import Pixels
from tests.training.small_runs import ADAM, finished, same_bits, small, started


def rates(recipe: Recipe, images: Pixels, steps: int) -> Iterator[list[float]]:
    run = started(small(), images, recipe, steps=steps)
    for _ in range(steps):
        yield [group["lr"] for part in run.optimiser.parts for group in part.param_groups]
        run.optimiser.advance()


def test_a_linear_schedule_rises_for_a_twentieth_and_falls_to_nothing(images: Pixels) -> None:
    recipe = replace(ADAM, optimizer="muon", learning_rate=0.1, muon_learning_rate=0.4)
    outer, inner = zip(*rates(recipe, images, 100), strict=True)
    assert outer[:5] == pytest.approx((0.02, 0.04, 0.06, 0.08, 0.1))
    assert max(outer) == pytest.approx(0.1)
    assert list(outer[5:]) == sorted(outer[5:], reverse=True)
    assert outer[-1] == pytest.approx(0.1 / 95)
    assert inner == pytest.approx([4 * rate for rate in outer])


def test_a_constant_schedule_stays(images: Pixels) -> None:
    recipe = replace(ADAM, schedule="constant", learning_rate=0.1)
    assert list(rates(recipe, images, 7)) == [[0.1]] * 7


def test_muon_takes_the_inner_matrices_and_adam_the_rest(images: Pixels) -> None:
    run = started(small(), images, replace(ADAM, optimizer="muon"))
    adam, muon = run.optimiser.parts
    assert isinstance(muon, torch.optim.Muon)
    shapes = {tuple(weight.shape) for weight in muon.param_groups[0]["params"]}
    assert shapes == {(8, 16), (3, 8), (8, 3), (16, 8)}
    rest = {tuple(weight.shape) for weight in adam.param_groups[0]["params"]}
    assert {(16, 784), (784, 16), (784,), (16,), (8,), (3,)} == rest


@pytest.mark.parametrize(
    ("initialisation", "spread"),
    [
        # uniform to 1 / sqrt(inputs); uniform to sqrt(6 / (inputs + outputs)); sqrt(2 / inputs)
        ("torch", 784**-0.5 / 3**0.5),
        ("glorot", (6 / (784 + 200)) ** 0.5 / 3**0.5),
        ("scaled", (2 / 784) ** 0.5),
    ],
)
def test_first_weights_are_drawn_as_the_recipe_says(
    initialisation: Any, spread: float, images: Pixels
) -> None:
    model = checkpoints.build("deep", {"widths": [200]}, (1, 28, 28))
    started(model, images, replace(ADAM, initialisation=initialisation))
    weight = next(model.parameters())
    assert weight.std().item() == pytest.approx(spread, rel=0.02)
    assert weight.mean().item() == pytest.approx(0, abs=spread / 20)


def test_scaled_weights_first_draw_the_mean_image(images: Pixels) -> None:
    model = small()
    started(model, images, replace(ADAM, initialisation="scaled"))
    mean = (images.float() / 255).mean(0).clamp(1e-3, 1 - 1e-3)
    bias = model.decoder[-1].bias
    assert isinstance(bias, Tensor)
    torch.testing.assert_close(bias.sigmoid().view(1, 28, 28), mean, atol=1e-5, rtol=1e-5)


def test_a_training_that_is_not_prepared_goes_on_from_the_weights_of_the_model(
    images: Pixels,
) -> None:
    model = small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    run = Training(reconstruction(model, images, ADAM), steps=3)
    assert same_bits(model.state_dict(), before)
    again = copy.deepcopy(model)
    expected = finished(started(again, images, ADAM, steps=3, fresh=False))
    assert same_bits(finished(run), expected)


def test_a_run_can_go_on_from_the_weights_that_the_model_has(images: Pixels) -> None:
    model = small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    started(model, images, ADAM, fresh=False)
    assert same_bits(model.state_dict(), before)
    started(model, images, ADAM)
    assert not same_bits(model.state_dict(), before)
