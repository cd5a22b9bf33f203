"""A run in the visitor's own browser: whether it can be, and what the browser is told of it."""

from __future__ import annotations

import math
from typing import Any

import torch

from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder, parameter_count
from ae_core.texts import Text, _
from ae_core.training import runs
from ae_core.training.specs import RunSpec

MOST_WEIGHTS = 1_500_000
LONGEST_CODE = 64
MOST_IMAGES = 60_000
MOST_PIXELS = 28 * 28
OPTIMIZERS = ("adam", "muon")


def why_not(spec: RunSpec, images: ImageSet) -> Text:
    """Why this run needs the server, as a sentence; nothing where a browser can train it.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    model, recipe = outline(spec, images), runs.recipe_of(spec)
    channels, height, width = images.image_shape
    if model.browser_form is None:
        return _("The browser has no such layers, or no such loss.")
    if parameter_count(model) > MOST_WEIGHTS or model.latent_dim > LONGEST_CODE:
        return _(
            "In the browser a network has {weights:,} weights at most, and a code of {numbers}"
            " numbers.",
            weights=MOST_WEIGHTS, numbers=LONGEST_CODE,
        )  # fmt: skip
    if channels > 1 or height * width > MOST_PIXELS or len(images.train) > MOST_IMAGES:
        return _(
            "In the browser there are {images:,} images at most, grey, and of {pixels} pixels.",
            images=MOST_IMAGES, pixels=MOST_PIXELS,
        )  # fmt: skip
    if recipe.optimizer not in OPTIMIZERS or recipe.shift or recipe.flip:
        return _("The browser follows recipes with Adam or Muon, and moves no images.")
    if spec.start_from:
        return _("The server goes on with a model that is trained already.")
    return Text("")


def order(spec: RunSpec, images: ImageSet) -> dict[str, Any]:
    """What is asked of the browser, named as in `frontend/src/training/run.ts`.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    form, recipe = outline(spec, images).browser_form, runs.recipe_of(spec)
    assert form is not None
    noise = runs.noise_of(spec)
    __, height, width = images.image_shape
    an_epoch = math.ceil(len(images.train) / recipe.batch_size)
    steps = spec.steps or recipe.updates or recipe.epochs * an_epoch
    return {
        "network": form.to_dict(),
        "recipe": recipe.to_dict(),
        "noise": noise.to_card() if noise else None,
        "strength": noise.strength if noise else "",
        "height": height,
        "width": width,
        "count": len(images.train),
        "seed": spec.seed,
        "steps": None if spec.seconds else steps,
        "seconds": spec.seconds,
    }


def losses(spec: RunSpec, images: ImageSet) -> tuple[str, ...]:
    """The parts of the loss that the browser reports of a run, by name.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    form = outline(spec, images).browser_form
    assert form is not None
    return form.losses


def outline(spec: RunSpec, images: ImageSet) -> Autoencoder:
    """The network that a spec asks for, without memory for its weights.

    Raises:
        UserError: an option is not allowed.
    """
    with torch.device("meta"):
        return runs.network(spec, images)
