"""Short runs that are measured while they learn."""

from __future__ import annotations

import math

import torch

from ae_core.image_sets import ImageSet
from ae_core.training.measured_runs import MEASURED, error, measured_run, points
from ae_core.training.specs import RunSpec


def test_points_lie_closest_together_at_the_start_and_end_with_the_last_step() -> None:
    found = points(2_000)
    assert found[0] == 1 and found[-1] == 2_000
    apart = torch.tensor(found).diff()
    assert bool((apart.diff() >= -1).all()) and int(apart[-1]) > 100
    assert points(1) == [1]


def test_errors_are_those_of_the_model_that_comes_back(digits: ImageSet) -> None:
    told: list[tuple[int, int]] = []
    spec = RunSpec(preset="ae-16", steps=30, config={"widths": (32,)})
    run = measured_run(spec, digits, lambda *how_far: told.append(how_far))
    assert run.steps == points(30) and told == [(step, 30) for step in run.steps]
    assert run.test[-1] == error(run.model, digits.test[:MEASURED])
    assert run.train[-1] < 0.8 * run.train[0]


def test_same_seed_gives_the_same_errors(digits: ImageSet) -> None:
    spec = RunSpec(preset="ae-16", steps=20, config={"widths": (32,)})
    assert measured_run(spec, digits).test == measured_run(spec, digits).test


def test_run_whose_error_becomes_nan_ends_there(digits: ImageSet) -> None:
    recipe = {"optimizer": "sgd", "learning_rate": 1.0, "momentum": 0.99, "guard": False}
    spec = RunSpec(preset="vae-2", recipe={**recipe, "schedule": "constant"}, steps=400)
    run = measured_run(spec, digits)
    assert math.isnan(run.train[-1]) and run.steps[-1] < 400
    assert not any(map(math.isnan, run.train[:-1]))
