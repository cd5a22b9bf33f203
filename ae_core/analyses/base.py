"""What every analysis is: a question about models and images, and an answer that is kept.

One analysis is one file in this folder. It holds

    VERSION = 1                        raised when the same question has another answer
    def compute(asked, told) -> Answer

`asked` is plain JSON values, with `of(card)` for each model: a model's weights are part of the
question. `told(share, words)` says how far it is, from 0 to 1, and is called a few times a second
at most; `told(share, words, answer)` where what is known so far can be drawn. Whoever asked can end
the process at any time. `NICE = 5` makes it wait for others, where it takes long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

from ae_core import classifiers
from ae_core.checkpoints import Checkpoint, load
from ae_core.checkpoints.cards import Card
from ae_core.classifiers import Kept
from ae_core.classifiers.cards import ClassifierCard
from ae_core.errors import UserError
from ae_core.texts import _

Asked = Mapping[str, Any]
Told = Callable[..., None]


@dataclass(frozen=True)
class Answer:
    """Tensors by name, and plain values that JSON can hold."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The answer as a safetensors file."""
        whole = {name: tensor.contiguous() for name, tensor in self.tensors.items()}
        return write_tensors(whole, {"values": json.dumps(self.values)})


def from_bytes(data: bytes) -> Answer:
    """Read back what `to_bytes` wrote.

    Raises:
        ValueError: it is no such file.
    """
    try:
        length = int.from_bytes(data[:8], "little")
        values = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["values"])
        return Answer(read_tensors(data), values)
    except (SafetensorError, KeyError, TypeError, ValueError) as failure:
        raise ValueError("not an answer") from failure


def of(card: Card | ClassifierCard) -> dict[str, str]:
    """A model or a classifier as a part of a question."""
    return {"name": card.name, "sha256": card.weights_sha256}


def model_of(asked: Mapping[str, str]) -> Checkpoint:
    """The model that `of` named.

    Raises:
        UserError: it is gone, or its weights have changed.
    """
    found = load(asked["name"])
    if found.card.weights_sha256 != asked["sha256"]:
        raise UserError(_("The model has changed. Load the page again."))
    return found


def classifier_of(asked: Mapping[str, str]) -> Kept:
    """The classifier that `of` named.

    Raises:
        UserError: it is gone, or its weights have changed.
    """
    found = classifiers.load(asked["name"])
    if found.card.weights_sha256 != asked["sha256"]:
        raise UserError(_("The classifier has changed. Load the page again."))
    return found
