"""The network of a family, and whether weights are its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ae_core.errors import UserError
from ae_core.models import FAMILIES, Autoencoder
from ae_core.options import Options
from ae_core.texts import _, shortened

LARGEST_WEIGHT = 1e4


def build(
    family: str, config: Mapping[str, Any] | Options, image_shape: tuple[int, int, int]
) -> Autoencoder:
    """A network of a family, its options given as an object or as plain values.

    Raises:
        UserError: no such family, or options that it does not take.
    """
    if family not in FAMILIES:
        raise UserError(
            _(
                "There is no model family {name!r}. There are: {names}.",
                name=family,
                names=", ".join(FAMILIES),
            )
        )
    declared = FAMILIES[family]
    options = config if isinstance(config, Options) else declared.config.from_dict(config)
    return declared.model(options, image_shape)


def check_weights(name: str, weights: dict[str, Tensor], model: nn.Module) -> None:
    """Hold the weights of the folder `name` against an outline of their network.

    Raises:
        UserError: a name, shape or number format is not the network's, or a number is impossible.
    """
    expected = model.state_dict()
    if weights.keys() != expected.keys():
        odd = min(weights.keys() ^ expected.keys())
        raise UserError(
            _(
                "The checkpoint {name} does not fit its family: {tensor} is out of place.",
                name=name,
                tensor=shortened(odd),
            )
        )
    for key, value in weights.items():
        fits = value.dtype in (torch.float16, expected[key].dtype)
        if value.shape != expected[key].shape or not fits:
            raise UserError(
                _(
                    "The checkpoint {name} does not fit its family: {tensor} is {found}, not"
                    " {expected}.",
                    name=name,
                    tensor=key,
                    found=_form(value),
                    expected=_form(expected[key]),
                )
            )
        if not bool((value.abs() <= LARGEST_WEIGHT).all()):
            raise UserError(
                _(
                    "The checkpoint {name} is damaged: {tensor} holds impossible numbers.",
                    name=name,
                    tensor=key,
                )
            )


def _form(tensor: Tensor) -> str:
    return f"{tensor.dtype} {tuple(tensor.shape)}"
