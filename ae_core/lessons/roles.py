"""Which checkpoint a lesson means by a role, such as `ladder:2`: MNIST's, or the built-in digits'.

Where MNIST's images are not on the server, a lesson is of the built-in digits, figures and all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ae_core import checkpoints
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import mnist

OF_SIZE = {"ladder": "ae", "pca": "pca", "vae": "vae"}
"""Roles with a size of the code, and what their checkpoints are called."""

OTHERS = {
    "mnist": {"denoising": "mnist-wide-denoising-49", "plain": "mnist-wide-49",
              "labels": "mnist-deep-silu-49"},
    "digits": {"denoising": "digits-denoising-49", "plain": "digits-dense-49",
               "labels": "digits-ae-16"},
}  # fmt: skip

ROLE = re.compile(r"\{((?:ladder|pca|vae):\d{1,3}|denoising|plain|labels|set)\}")


def present_set() -> str:
    """The image set that lessons are of."""
    return "mnist" if mnist.find() else "digits"


def name(role: str) -> str:
    """The name of the checkpoint in a role; of `set`, that of the image set."""
    images = present_set()
    kind, _, size = role.partition(":")
    if kind in OF_SIZE:
        return f"{images}-{OF_SIZE[kind]}-{size}"
    return images if kind == "set" else OTHERS[images][kind]


def card(role: str) -> Card:
    """The card of the checkpoint in a role.

    Raises:
        UserError: it is not here.
    """
    return checkpoints.card(name(role))


def filled(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state with the names of the checkpoints that are meant."""
    return {key: _filled(value) for key, value in state.items()}


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        return ROLE.sub(lambda found: name(found[1]), value)
    return [_filled(each) for each in value] if isinstance(value, list) else value
