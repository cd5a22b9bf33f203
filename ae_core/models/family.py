"""What a family's file declares: its network, its options, and how to train it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ae_core.models.base import Autoencoder
from ae_core.noise import Noise
from ae_core.options import Options
from ae_core.recipes import Recipe


@dataclass(frozen=True)
class Preset:
    """A network with the recipe that trains it, and the noise that it learns to remove, if any.

    `reported` is what its source says that it reaches on MNIST: "bce" and "mse" a pixel, "nelbo",
    the negative ELBO, in nats an image.
    """

    config: Any
    recipe: Recipe
    noise: Noise | None = None
    reported: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """What a file in `families/` declares as `FAMILY`.

    `presets` maps a name such as "dense-49" to its `fast` variant and, where somebody published
    one, its `published` variant.
    """

    title: str
    summary: str
    model: type[Autoencoder]
    config: type[Options]
    presets: Mapping[str, Mapping[str, Preset]]
