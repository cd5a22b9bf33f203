"""What a run will cost, from a few steps on this machine."""

from __future__ import annotations

import math
from dataclasses import replace

import torch

from ae_core.image_sets import ImageSet
from ae_core.training import runs
from ae_core.training.loop import Training
from ae_core.training.on_the_way.timing import typical
from ae_core.training.specs import RunSpec

STEPS = 4


def seconds_of_training(spec: RunSpec, images: ImageSet) -> float:
    """About how long a run trains on one CPU thread.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    if spec.seconds:
        return spec.seconds
    recipe = runs.recipe_of(spec)
    an_epoch = math.ceil(len(images.train) / recipe.batch_size)
    steps = spec.steps or recipe.updates or recipe.epochs * an_epoch
    return steps * step_seconds(spec, images)


def step_seconds(spec: RunSpec, images: ImageSet) -> float:
    """How long a step takes, measured on as many images as a step sees.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    some = slice(runs.recipe_of(spec).batch_size)
    few = replace(images, train=images.train[some], train_labels=images.train_labels[some])
    with torch.random.fork_rng(devices=[]):
        objective = runs.objective(spec, few, runs.network(spec, images))
    return typical(Training(objective).prepare().trial(STEPS, math.inf))
