"""How much error codes of every size leave, of models that are trained for the question, as one.

Asked: `images` (name and sha256 of a set) and `sweep`, the values of `Sweep`.

Answer: `errors` (sizes, seeds, ways), MSE on test images, NaN where a model has none yet or has
diverged; `pca` (sizes, ways), that of a PCA of the training images. A way is a strength of the
noise or a beta: `ways` in values, each with its `noise` and `beta`. What it says on its way is the
same for the step that it has come to.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from ae_core.accounts import limits
from ae_core.analyses.base import Answer, Asked, Told
from ae_core.evaluation import metrics
from ae_core.latent.coded_images import images_of
from ae_core.models import Autoencoder, batches
from ae_core.noise import Noise, make
from ae_core.options import Options, option
from ae_core.texts import _
from ae_core.training.devices import gpu
from ae_core.training.specs import RunSpec
from ae_core.training.sweeps import sweep as sweeps
from ae_core.training.sweeps.sweep import Axes
from ae_core.training.sweeps.together import MOST
from ae_core.types import Images

VERSION = 1
NICE = 5
"""It trains: what others wait for in front of a chart comes first."""

MEASURED = 1_000
"""Test images on which each model is measured, at most."""

OF_PCA = 10_000
"""Training images of which the PCA is computed, at most."""

SPARE = 16
"""Axes computed beyond those of the largest code: the last ones of an approximation are rough."""

PAUSE_SECONDS, MEASURING_SHARE = 0.4, 0.2
"""Least time between two measurements, and the largest share of the time that they take."""


@dataclass(frozen=True)
class Sweep(Options):
    """What is trained: every size of the code, with every seed, in every way."""

    preset: str = option("ae-16", "Network")
    sizes: tuple[int, ...] = option(
        (1, 2, 4, 8, 16, 32, 64), "Numbers in the code", low=1, high=256, most=MOST
    )
    seeds: int = option(1, "Models of each kind, which differ in their seed", low=1, high=9)
    noise: Literal[
        "", "gaussian", "salt_and_pepper", "masking", "blur", "low_resolution", "contrast"
    ] = option("", "Noise to remove")
    strengths: tuple[float, ...] = option((), "Strengths of the noise", low=0, high=10, most=16)
    betas: tuple[float, ...] = option((), "Weights of the pull to the prior", low=0, high=100)
    steps: int = option(300, "Steps of each model", low=1, high=10_000)

    @property
    def ways(self) -> list[dict[str, float | None]]:
        """Strength of the noise and beta of each way, in the order in which they are trained."""
        return [
            {"noise": strength, "beta": beta}
            for strength in self.strengths or (None,)
            for beta in self.betas or (None,)
        ]

    @property
    def models(self) -> int:
        """How many are trained."""
        return len(self.sizes) * self.seeds * len(self.ways)

    def specs(self, image_set: str) -> list[RunSpec]:
        """The run of each model: by size, then seed, then way.

        Raises:
            UserError: they are too many, or fewer than two, or are not to be had.
        """
        base = RunSpec(
            preset=self.preset, image_set=image_set, steps=self.steps, name="ladder",
            recipe={"threads": 1}, noise=self._noise(None),
        )  # fmt: skip
        seeds = tuple(range(self.seeds)) if self.seeds > 1 else ()
        axes = Axes(
            code_sizes=self.sizes, seeds=seeds, noise_strengths=self.strengths, betas=self.betas
        )
        return sweeps.specs(base, axes)

    def _noise(self, strength: float | None) -> Noise | None:
        if not self.noise:
            return None
        plain = make(self.noise, **({"mean": 0.0} if self.noise == "gaussian" else {}))
        return plain if strength is None else plain.at(strength)

    def spoiled(self, x: Images) -> list[Images]:
        """What a model of each way is given of these images."""
        spoilers = [self._noise(way["noise"]) for way in self.ways]
        return [each(x, torch.Generator().manual_seed(0)) if each else x for each in spoilers]


def compute(asked: Asked, told: Told) -> Answer:
    """Train the models, and measure them on their way.

    Raises:
        UserError: the images have changed, or something is not to be had.
    """
    images, sweep = images_of(asked["images"]), Sweep.from_dict(asked["sweep"])
    told(0.0, _("PCA"))
    clean = images.test[:MEASURED].float().div(255)
    seen = sweep.spoiled(clean)
    errors = torch.full((len(sweep.sizes), sweep.seeds, len(sweep.ways)), math.nan)
    tensors = {"errors": errors, "pca": pca_errors(images.train[:OF_PCA], seen, clean, sweep.sizes)}

    def so_far(step: int, steps: int) -> Answer:
        return Answer(
            {**tensors, "errors": errors.clone()},
            {"ways": sweep.ways, "tested": len(clean), "step": step, "steps": steps},
        )

    told(0.0, _("beginning"), so_far(0, 1))
    refused = gpu.refusal("auto", runs=limits.limits().slots)
    runs = sweeps.start(sweep.specs(images.name), on="cpu" if refused else "auto")
    measured, took, step, steps = time.monotonic(), 0.0, 0, 1
    for stand in sweeps.train(runs):
        step, steps = stand.step, stand.steps
        now = time.monotonic()
        if stand.is_last or now - measured >= max(PAUSE_SECONDS, took / MEASURING_SHARE):
            stand.give_back()
            for place in stand.places:
                model = runs[place].training.model
                errors.view(-1)[place] = error(model, seen[place % len(sweep.ways)], clean)
            measured = time.monotonic()
            took = measured - now
            told(step / steps, _("{share:.0%} trained", share=step / steps), so_far(step, steps))
    return so_far(step, steps)


@torch.no_grad()
def error(model: Autoencoder, seen: Images, clean: Images) -> float:
    """The MSE of what a model makes of these images against the clean ones, or NaN."""
    x_hat = batches.reconstruct(model, seen)
    return float(metrics.mse(x_hat, clean).mean()) if bool(x_hat.isfinite().all()) else math.nan


@torch.no_grad()
def pca_errors(
    learned: UInt8[Tensor, "learned c h w"],
    seen: list[Images],
    clean: Images,
    sizes: tuple[int, ...],
) -> Float[Tensor, "sizes ways"]:
    """The same of a PCA with so many numbers, of these training images."""
    flat = learned.flatten(1).float().div(255)
    mean = flat.mean(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        *__, axes = torch.pca_lowrank(flat, q=min(max(sizes) + SPARE, *flat.shape), niter=3)
    found = []
    for size in sizes:
        kept = axes[:, :size]
        drawn = [((x.flatten(1) - mean) @ kept @ kept.T + mean).clamp(0, 1) for x in seen]
        found.append([float((x_hat - clean.flatten(1)).square().mean()) for x_hat in drawn])
    return torch.tensor(found)
