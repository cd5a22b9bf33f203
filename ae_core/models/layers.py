"""Pieces that several families are made of."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

from ae_core.errors import UserError
from ae_core.texts import _

Activation = Literal["relu", "silu", "tanh"]

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


def mlp(widths: tuple[int, ...], activation: Activation) -> nn.Sequential:
    """Linear layers through `widths`, with the activation between them and none at the end."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def quarter(height: int, width: int) -> tuple[int, int]:
    """A quarter of each side, for networks that halve an image twice.

    Raises:
        UserError: a side is no multiple of 4.
    """
    if height % 4 or width % 4:
        raise UserError(
            _(
                "This network takes images whose sides are multiples of 4, not {height} x {width}."
                " Choose a dense one for them.",
                height=height, width=width,
            )
        )  # fmt: skip
    return height // 4, width // 4


def to_levels(z: Tensor, levels: int) -> Tensor:
    """The nearest of so many numbers, evenly spaced from -1 to 1."""
    steps = levels - 1
    return ((z + 1) * (steps / 2)).round() * (2 / steps) - 1
