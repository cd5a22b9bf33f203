"""What a run will cost, from a few steps on this machine."""

from __future__ import annotations

import math
import statistics
import time
from itertools import pairwise

import torch

from ae_core.image_sets import ImageSet
from ae_core.models import FAMILY_OF, preset
from ae_core.recipes import Recipe
from ae_core.training.loop import Training
from ae_core.training.runs import RunSpec, network

STEPS = 4


def seconds_of_training(spec: RunSpec, images: ImageSet) -> float:
    """About how long a run trains on one CPU thread.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    if spec.seconds:
        return spec.seconds
    asked = preset(spec.preset, spec.recipe_name)
    recipe = Recipe.from_dict({**asked.recipe.to_dict(), **spec.recipe})
    steps = spec.steps or recipe.epochs * math.ceil(len(images.train) / recipe.batch_size)
    return steps * step_seconds(spec, images)


def step_seconds(spec: RunSpec, images: ImageSet) -> float:
    """How long a step takes, measured on as many images as a step sees.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    asked = preset(spec.preset, spec.recipe_name)
    recipe = Recipe.from_dict({**asked.recipe.to_dict(), **spec.recipe})
    with torch.random.fork_rng(devices=[]):
        model = network(FAMILY_OF[spec.preset], asked.config, spec, images)
    some = slice(recipe.batch_size)
    training = Training(
        model, images.train[some], recipe, labels=images.train_labels[some],
        noise=spec.noise or asked.noise, steps=STEPS,
    )  # fmt: skip
    times = [time.perf_counter()]
    order = training._order(0)
    for _ in range(STEPS):
        training._learn(training._batch(order, 0))
        times.append(time.perf_counter())
    return statistics.median(b - a for a, b in list(pairwise(times))[1:])
