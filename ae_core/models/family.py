"""What a family's file declares: its network, its options, and how to train it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ae_core.models.base import Autoencoder
from ae_core.noise import Noise
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.texts import N_


@dataclass(frozen=True)
class Preset:
    """A network with the recipe that trains it, and the noise that it learns to remove, if any.

    `reported` is what its source says that it reaches on MNIST: "bce" and "mse" a pixel, "nelbo",
    the negative ELBO, in nats an image; `reported_on` names the images where they are not the test
    images, `source` is its address, and `left_open` what of the training it does not say. `part` is
    what of the image set it learns from, and `start_from` the checkpoint that its training went on
    with. `stronger_than` names the published system in whose place a network of ours stands.
    """

    config: Any
    recipe: Recipe
    noise: Noise | None = None
    part: Literal["train", "first-55000", "all"] = "train"
    start_from: str = ""
    stronger_than: str = ""
    reported: Mapping[str, float] = field(default_factory=dict)
    reported_on: str = ""
    source: str = ""
    left_open: str = ""


@dataclass(frozen=True)
class Family:
    """What a file in `families/` declares as `FAMILY`.

    `presets` maps a name such as "dense-49" to its `fast` variant and, where somebody published
    one, its `published` variant: the same network, trained by our recipe and by the source's.
    `in_words` says in plain words what its codes are like, after how many numbers they have.
    """

    title: str
    summary: str
    model: type[Autoencoder]
    config: type[Options]
    presets: Mapping[str, Mapping[str, Preset]]
    in_words: str = N_("a code of its own kind")
