"""How a network is trained: a recipe is data, the loop in `training/loop.py` follows it.

`published` recipes stand beside their networks, in the family's file. The `fast` ones are built
from `FAST` below: one linear warm-up and a linear way down, Muon on the inner matrices, bfloat16
where the processor has it, weights that start at unit variance, and an output bias that starts at
the mean image. Its rates were chosen on training images held out: `benchmarks/studies/tune.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ae_core.options import Options, option


@dataclass(frozen=True)
class Recipe(Options):
    """Optimiser, schedule, batch and guard of one training run."""

    optimizer: Literal["adam", "sgd", "rmsprop", "tensorflow-rmsprop", "muon"] = option(
        "adam", "Rule that turns gradients into steps"
    )
    learning_rate: float = option(1e-3, "Size of a step", low=1e-6, high=1.0)
    muon_learning_rate: float = option(
        0.04, "Size of a step on inner matrices, for Muon", low=1e-6, high=1.0
    )
    momentum: float = option(0.9, "Share of the last step kept in the next", low=0.0, high=0.999)
    beta2: float = option(0.999, "Memory of squared gradients, for Adam", low=0.0, high=0.9999)
    epsilon: float = option(
        1e-7, "Added to the root of squared gradients, for Adam", low=1e-12, high=1.0
    )
    batch_size: int = option(256, "Images a step", low=1, high=8192)
    epochs: int = option(20, "Times that every image is seen", low=1, high=10_000)
    updates: int = option(0, "Steps in all, in place of epochs; 0 for none", low=0, high=10**9)
    schedule: Literal["constant", "linear"] = option(
        "constant", "Learning rate over time: constant, or warm-up then linear to zero"
    )
    initialisation: Literal["torch", "glorot", "glorot-biases", "scaled"] = option(
        "glorot",
        "First weights: torch's own, Glorot's (as Keras), Glorot's for biases too, or unit variance"
        " with the mean image",
    )
    precision: Literal["float32", "bfloat16", "auto"] = option(
        "float32", "Number format of the products; auto takes what a probe finds faster"
    )
    memory_format: Literal["contiguous", "channels_last", "auto"] = option(
        "auto", "Order of the numbers of convolutions; auto takes what a probe finds faster"
    )
    threads: int = option(0, "CPU threads; 0 takes what a probe finds faster", low=0, high=256)
    shift: int = option(
        0, "Pixels by which training images are moved at random, at most", low=0, high=8
    )
    flip: bool = option(
        False, "Mirror half of the training images at random, where that keeps what they show"
    )
    guard: bool = option(False, "Clip gradients at twice their usual length, skip broken steps")


KERAS_2017 = Recipe(epsilon=1e-8)
"""Adam as Keras 2.0 had it in 2017; later versions add 1e-7. Weights are Glorot's, biases zero."""

KERAS_2017_SOURCE = "https://habr.com/ru/post/331382/"
"""Autoencoders in Keras, part 1 (in Russian), 2017: the source of those trained so."""

FAST = Recipe(
    optimizer="muon",
    learning_rate=10e-3,
    muon_learning_rate=0.04,
    momentum=0.95,
    beta2=0.99,
    batch_size=256,
    epochs=25,
    schedule="linear",
    initialisation="scaled",
    precision="auto",
    guard=True,
)
