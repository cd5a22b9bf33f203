"""A training that goes wrong in a known way, beside the same one, fixed.

Asked: `images` (name and sha256 of a set) and `fault`, one of `FAULTS`.

Answer: `shown` (n, c, h, w) uint8, test images, one of each class first; for each side, "broken"
and "fixed", how its model draws them, by that name; `broken_steps` and `broken_error` (p,), the
errors (BCE, means over the pixels) of training images after each of these steps, and so on. In
values, `symptom`, what the fault's `measure` says of each side, of how many test images
(`measured`); and `only`, the class that alone the broken model learned from, where that is it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from ae_core.analyses.base import Answer, Asked, Told
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet, select
from ae_core.image_sets.subsets import first_of_each
from ae_core.latent.coded_images import images_of
from ae_core.models import Autoencoder
from ae_core.models.losses import kl_divergence
from ae_core.texts import N_, _
from ae_core.training.measured_runs import RECIPE, mean_error, measured_run
from ae_core.training.specs import RunSpec
from ae_core.types import Images

VERSION = 1

SHOWN = 10
MEASURED = 1_000
"""Test images on which the symptom is measured, at most."""

STEP_OF = {
    "fixed": N_("fixed: step {step:,} of {steps:,}"),
    "broken": N_("broken: step {step:,} of {steps:,}"),
}
"""How far each side is."""

USED = 0.01
"""Nats of KL divergence from which on a number of a code says something of the image."""

Measure = Callable[[Autoencoder, Images, Images], float]
"""A figure of a model, of what its encoder is shown, and of what the decoder is to draw."""


def used_numbers(model: Autoencoder, seen: Images, _: Images) -> float:
    """How many numbers of the code say something of the image."""
    return float((kl_divergence(*model.posterior(seen)).mean(0) > USED).sum())


def dead_numbers(model: Autoencoder, seen: Images, _: Images) -> float:
    """How many numbers of the code are 0 whatever the image."""
    return float((model.encode(seen) == 0).all(0).sum())


def error_of(model: Autoencoder, seen: Images, x: Images) -> float:
    """The cross-entropy of the reconstructions, mean over pixels and images, or NaN."""
    return mean_error(model(seen), x)


@dataclass(frozen=True)
class Fault:
    """What is trained, and what is wrong with it: options, or one of the two below.

    `scaled`: the model learned from images in [0, 1], and is shown images in [-1, 1]. `one_class`:
    it learns from one class alone, and is measured on the others.
    """

    preset: str
    measure: Measure = error_of
    config: Mapping[str, Any] = field(default_factory=dict)
    broken_config: Mapping[str, Any] = field(default_factory=dict)
    broken_recipe: Mapping[str, Any] = field(default_factory=dict)
    scaled: bool = False
    one_class: bool = False

    def spec(self, name: str, *, broken: bool) -> RunSpec:
        """The run on the images of that name."""
        config, recipe = dict(self.config), dict(RECIPE)
        if broken:
            config, recipe = {**config, **self.broken_config}, {**recipe, **self.broken_recipe}
        return RunSpec(preset=self.preset, image_set=name, config=config, recipe=recipe, steps=1000)


PLAIN = {"widths": (256, 128)}

FAULTS = {
    "posterior-collapse": Fault(
        "vae-2", used_numbers, {**PLAIN, "latent_dim": 8}, broken_config={"beta": 50.0}
    ),
    "dead-relus": Fault("dense-49", dead_numbers, broken_recipe={"learning_rate": 0.05}),
    "rate-too-high": Fault("ae-16", config=PLAIN, broken_recipe={"learning_rate": 0.3}),
    "another-scale": Fault("ae-16", config=PLAIN, scaled=True),
    "one-class-only": Fault("ae-16", config=PLAIN, one_class=True),
}


@torch.no_grad()
def compute(asked: Asked, told: Told) -> Answer:
    """Train the fixed model and the broken one.

    Raises:
        UserError: the images have changed, or are of one class where two are needed.
    """
    fault, images = FAULTS[asked["fault"]], images_of(asked["images"])
    only = most_common_class(images) if fault.one_class else ""
    shown, tested = images.test[first_of_each(images.test_labels, SHOWN)], images.test[:MEASURED]
    if only:
        tested = tested[images.test_labels[:MEASURED] != images.classes.index(only)]
    tensors, symptom = {"shown": shown}, {}
    for turn, side in enumerate(STEP_OF):
        broken = side == "broken"
        if not (broken and fault.scaled):  # which is the same model, looked at otherwise

            def tell(step: int, steps: int, turn: int = turn, side: str = side) -> None:
                told((turn + step / steps) / 2, _(STEP_OF[side], step=step, steps=steps))

            learned = select(images.name, classes=[only]) if broken and only else images
            with torch.enable_grad():
                run = measured_run(fault.spec(images.name, broken=broken), learned, tell)

        scaled = broken and fault.scaled
        x, few = tested.float().div(255), shown.float().div(255)
        symptom[side] = fault.measure(run.model, 2 * x - 1 if scaled else x, x)
        drawn = run.model(2 * few - 1 if scaled else few)
        tensors |= {
            side: drawn.nan_to_num(0.5).mul(255).round().to(torch.uint8),
            f"{side}_steps": torch.tensor(run.steps),
            f"{side}_error": torch.tensor(run.train),
        }
    return Answer(tensors, {"symptom": symptom, "only": only, "measured": len(tested)})


def most_common_class(images: ImageSet) -> str:
    """The class of most training images of those that have test images, where others have some.

    Raises:
        UserError: there is none.
    """
    tested = images.test_labels[:MEASURED]
    counts = images.train_labels.bincount(minlength=len(images.classes))
    for label in counts.argsort(descending=True, stable=True).tolist():
        own = tested == label
        if counts[label] and own.any() and not own.all():
            return images.classes[label]
    raise UserError(
        _(
            "{images} has no two classes with test images. Choose a set that has more images of two"
            " classes or more.",
            images=images.shown_title,
        )
    )
