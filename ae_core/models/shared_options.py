"""Options that several families have, declared once: a family says where each of them starts."""

from __future__ import annotations

from typing import Any, Literal

from ae_core.models.layers import Activation
from ae_core.models.losses import Reconstruction
from ae_core.options import option
from ae_core.texts import N_

CodeSign = Literal["relu", "linear"]


def latent_dim(default: int, *, high: int = 256) -> Any:
    return option(default, "Numbers in the code", low=1, high=high)


def widths(*default: int, help: str = N_("Widths of the layers from image to code")) -> Any:
    return option(default, help, low=1, high=2048)


def activation(default: Activation) -> Any:
    return option(default, "Activation between layers")


def code_sign(default: CodeSign = "relu") -> Any:
    return option(default, "Rectified code, or any sign")


def beta(default: float = 1.0) -> Any:
    return option(default, "Weight of the pull towards the prior", low=0.0, high=100.0)


def loss(default: Reconstruction = "bce") -> Any:
    return option(default, "Training loss")
