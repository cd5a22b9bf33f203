"""A model's live map as one page, to take home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ae_core.checkpoints.cards import Card
from ae_core.classifiers import onnx_files
from ae_core.export import downloads
from pages.ui.shared import classifier, owner


def of(card: Card, z: Sequence[float] = (), state: Mapping[str, Any] | None = None) -> bytes:
    """The file, with the classifier that the visitor's own map has.

    Raises:
        UserError: the model is not theirs to see, broken, or too large for a file.
    """
    reader = classifier.of_model(card)
    onnx = onnx_files.onnx_bytes(reader.name, reader.weights_sha256) if reader else None
    return downloads.html(owner.me(), card, classifier=onnx, z=z, state=state)
