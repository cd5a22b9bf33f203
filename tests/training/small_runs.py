"""Small networks that learn a few digits in a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Generator, Tensor

from ae_core import checkpoints
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder
from ae_core.models.base import Batch
from ae_core.noise import Noise
from ae_core.recipes import Recipe
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction
from ae_core.types import Images, Labels, Pixels

ADAM = Recipe(batch_size=8, epochs=2, schedule="linear", memory_format="contiguous", threads=1)


def few_of(images: ImageSet, train: int, test: int) -> ImageSet:
    """The first images of a set."""
    return replace(
        images,
        train=images.train[:train], train_labels=images.train_labels[:train],
        test=images.test[:test], test_labels=images.test_labels[:test],
    )  # fmt: skip


NETWORKS: dict[str, dict[str, Any]] = {"tanh": {"widths": [16, 8]}, "vae_conv": {}}
each_network = pytest.mark.parametrize("family", NETWORKS)


@dataclass
class Clock:
    now: float = 100.0
    step_seconds: float = 0.01


class Recorded(Noise):
    """Keeps what it is given, and gives it back."""

    kind = "recorded"
    strength = ""

    def __init__(self) -> None:
        object.__setattr__(self, "batches", [])

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        self.batches.append(x.clone())  # type: ignore[attr-defined]
        return x


class Broken(Recorded):
    """Gives NaN at the calls named."""

    def __init__(self, *calls: int) -> None:
        super().__init__()
        object.__setattr__(self, "calls", calls)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        seen = super().__call__(x)
        is_broken = len(self.batches) in self.calls  # type: ignore[attr-defined]
        return torch.full_like(x, torch.nan) if is_broken else seen


def small(family: str = "tanh") -> Autoencoder:
    return checkpoints.build(family, NETWORKS.get(family, {}), (1, 28, 28))


def started(
    model: Autoencoder,
    images: Pixels,
    recipe: Recipe,
    *,
    labels: Labels | None = None,
    noise: Noise | None = None,
    seed: int = 0,
    steps: int | None = None,
    plan: Sequence[int] = (),
    **prepared: Any,
) -> Training[Autoencoder]:
    objective = reconstruction(model, images, recipe, labels=labels, noise=noise)
    return Training(objective, seed=seed, steps=steps, plan=plan).prepare(**prepared)


def finished(run: Training[Autoencoder]) -> dict[str, Tensor]:
    """The weights at the end of the run."""
    for _ in run:
        pass
    return run.model.state_dict()


def stopped_at(run: Training[Autoencoder], step: int) -> dict[str, Tensor]:
    """The state of a run that its watcher leaves at this step, by way of a file's bytes."""
    for event in run:
        if event.step == step:
            break
    assert run.step == step
    return read_tensors(write_tensors(run.state()))


def same_bits(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def loss_of(model: Autoencoder, images: Pixels) -> float:
    x = images.float() / 255
    parts = model.loss(Batch.of(x, generator=Generator().manual_seed(0)))
    return sum(part.item() for part in parts.values())
