"""A network of dense layers and its loss as data: what a browser needs in order to train it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from torch import nn

from ae_core.models.layers import ACTIVATIONS
from ae_core.models.losses import Reconstruction


@dataclass(frozen=True)
class Layer:
    """A dense layer by its name in the checkpoint, and the activation that follows it."""

    name: str
    inputs: int
    outputs: int
    activation: str


@dataclass(frozen=True)
class DenseForm:
    """What `frontend/src/training/network.ts` reads.

    The encoder ends in the code or, where there are `heads`, in what gives mean and log-variance.
    `sizes` weighs the sum of the code's sizes, over a whole batch where `whole_batch` is set.
    """

    encoder: tuple[Layer, ...]
    decoder: tuple[Layer, ...]
    loss: Reconstruction
    heads: tuple[Layer, Layer] | None = None
    beta: float = 0.0
    sizes: float = 0.0
    whole_batch: bool = False

    @property
    def losses(self) -> tuple[str, ...]:
        """The parts of the loss, by name."""
        return (self.loss, *(["kl"] if self.heads else ["l1"] if self.sizes else []))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def form_of(
    encoder: nn.Sequential,
    decoder: nn.Sequential,
    loss: Reconstruction,
    *,
    code: Literal["linear", "relu"] = "linear",
    heads: tuple[nn.Linear, nn.Linear] | None = None,
    **weights: Any,
) -> DenseForm:
    """The form of a network whose attributes are named as these arguments and `log_variance`.

    Args:
        encoder: dense layers.
        decoder: dense layers.
        loss: between what is drawn and what is clean.
        code: what follows the encoder's last layer, where that is no activation of its own.
        heads: what gives mean and log-variance.
        weights: those of the other parts of the loss.
    """
    return DenseForm(
        tuple(_layers("encoder", encoder, code)),
        tuple(_layers("decoder", decoder)),
        loss,
        heads and (_layer("mean", heads[0]), _layer("log_variance", heads[1])),
        **weights,
    )


def _layers(part: str, layers: nn.Sequential, ending: str = "linear") -> Iterator[Layer]:
    names = {kind: name for name, kind in ACTIVATIONS.items()}
    for place, layer in enumerate(layers):
        if isinstance(layer, nn.Linear):
            follows = names[type(layers[place + 1])] if place + 1 < len(layers) else ending
            yield _layer(f"{part}.{place}", layer, follows)


def _layer(name: str, layer: nn.Linear, activation: str = "linear") -> Layer:
    return Layer(name, layer.in_features, layer.out_features, activation)
