"""What keeps a network from learning few images by heart: the same run with one remedy, or none.

Asked: `images` (name and sha256 of a set), `count`, how many of its training images are learned
from, and `remedy`, one of `REMEDIES`.

Answer: `steps` (p,), and after each of them `train` and `test` (p,), the errors (BCE, means over
the pixels) of images that were learned from and of test images; `drawn` (n, c, h, w) uint8, the
reconstructions of the first n test images. In values, `count`, of how many images it learned,
and `measured`, on how many of each kind the errors are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import torch

from ae_core.analyses.base import Answer, Asked, Told
from ae_core.image_sets import ImageSet
from ae_core.latent.coded_images import images_of
from ae_core.models import batches
from ae_core.noise import Gaussian, Noise
from ae_core.texts import _
from ae_core.training.measured_runs import MEASURED, RECIPE, measured_run
from ae_core.training.specs import RunSpec

VERSION = 1

STEPS, LEAST_STEPS = 2_000, 300
PIXELS = 28 * 28
"""Larger images take fewer steps, so that a run takes seconds."""

SHOWN = 8
"""Test images that are drawn."""

MORE_IMAGES, MORE = "more-images", 8
"""That remedy, and how many times the images there are then."""

NETWORK = {"latent_dim": 64, "widths": (512, 256), "activation": "silu"}
BATCH = 64


@dataclass(frozen=True)
class Remedy:
    """What differs from the run without one."""

    preset: str = "ae-16"
    config: dict[str, Any] = field(default_factory=dict)
    noise: Noise | None = None
    images: int = 1


REMEDIES = {
    "none": Remedy(),
    "l1-on-the-code": Remedy("sparse-silu-16", {"sparsity": 1e-3}),
    "noise-on-the-input": Remedy(noise=Gaussian(mean=0.0, std=0.1)),
    "a-smaller-code": Remedy(config={"latent_dim": 8}),
    "a-variational-code": Remedy("vae-2"),
    MORE_IMAGES: Remedy(images=MORE),
}


def compute(asked: Asked, told: Told) -> Answer:
    """Train with a remedy, or without.

    Raises:
        UserError: the images have changed.
    """
    remedy = REMEDIES[asked["remedy"]]
    images = first(images_of(asked["images"]), remedy.images * int(asked["count"]))
    spec = RunSpec(
        preset=remedy.preset, image_set=images.name, config={**NETWORK, **remedy.config},
        recipe={**RECIPE, "batch_size": BATCH}, noise=remedy.noise, steps=steps_for(images),
    )  # fmt: skip

    def tell(step: int, steps: int) -> None:
        told(step / steps, _("step {step:,} of {steps:,}", step=step, steps=steps))

    run = measured_run(spec, images, tell)
    drawn = batches.reconstruct(run.model, images.test[:SHOWN])
    return Answer(
        {
            "steps": torch.tensor(run.steps),
            "train": torch.tensor(run.train),
            "test": torch.tensor(run.test),
            "drawn": drawn.nan_to_num(0.5).mul(255).round().to(torch.uint8),
        },
        {"count": len(images.train), "measured": min(len(images.test), MEASURED)},
    )


def steps_for(images: ImageSet) -> int:
    """How many steps a run on such images takes."""
    pixels = images.train[0].numel()
    return STEPS if pixels <= PIXELS else max(LEAST_STEPS, STEPS * PIXELS // pixels)


def first(images: ImageSet, count: int) -> ImageSet:
    """The image set with its first training images alone."""
    return replace(images, train=images.train[:count], train_labels=images.train_labels[:count])
