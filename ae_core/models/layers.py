"""Pieces that several families are made of."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from torch import nn

Activation = Literal["relu", "silu", "tanh"]

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


def mlp(widths: tuple[int, ...], activation: Activation) -> nn.Sequential:
    """Linear layers through `widths`, with the activation between them and none at the end."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])
