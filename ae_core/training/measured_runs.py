"""Short runs that are measured while they learn: the error on training and test images."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ae_core.evaluation import metrics
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder, batches
from ae_core.training import runs
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import Training
from ae_core.training.specs import RunSpec
from ae_core.types import Images, Pixels

MEASURED = 500
"""Images of each kind that are measured, at most."""

POINTS = 24
"""Measurements of a run; they lie close together at its start."""

RECIPE = {
    "optimizer": "adam", "learning_rate": 1e-3, "batch_size": 128, "schedule": "constant",
    "initialisation": "glorot", "guard": False, "threads": 1,
}  # fmt: skip
"""Plain training, with nothing that mends by itself what such a run is to show."""


@dataclass(frozen=True, eq=False)
class MeasuredRun:
    """A trained model, and its errors (BCE, means over the pixels) after each of `steps`.

    A run whose error is not finite ends with that measurement, as NaN.
    """

    model: Autoencoder
    steps: list[int]
    train: list[float]
    test: list[float]


def measured_run(
    spec: RunSpec, images: ImageSet, told: Callable[[int, int], None] = lambda step, steps: None
) -> MeasuredRun:
    """Train what a spec asks for on these images, in float32 on one thread.

    Args:
        spec: `steps` has to be given.
        images: what is learned from and tested on, whatever the spec calls its image set.
        told: called with the step and the number of steps, at each measurement.

    Raises:
        UserError: an option is not allowed, or the images do not fit.
    """
    assert spec.steps
    model = runs.network(spec, images)
    objective = runs.objective(spec, images, model)
    training = Training(objective, seed=spec.seed, steps=spec.steps).prepare(
        arithmetic=Arithmetic()
    )
    found = MeasuredRun(model, [], [], [])
    for step in points(spec.steps):
        with training.arithmetic.in_force():
            model.train()
            while training.step < step:
                training.advance()
            model.eval()
        found.steps.append(step)
        found.train.append(error(model, images.train[:MEASURED]))
        found.test.append(error(model, images.test[:MEASURED]))
        told(step, spec.steps)
        if math.isnan(found.train[-1]):
            break
    return found


def points(steps: int) -> list[int]:
    """The steps after which a run is measured, equally far apart in their logarithm."""
    return sorted({round(steps ** (turn / (POINTS - 1))) for turn in range(POINTS)})


def error(model: Autoencoder, images: Pixels) -> float:
    """The mean cross-entropy of the reconstructions of these images, or NaN."""
    return mean_error(batches.reconstruct(model, images), images.float().div(255))


def mean_error(x_hat: Images, x: Images) -> float:
    """The cross-entropy of these reconstructions, mean over pixels and images, or NaN."""
    return float(metrics.bce(x_hat, x).mean()) if bool(x_hat.isfinite().all()) else math.nan
