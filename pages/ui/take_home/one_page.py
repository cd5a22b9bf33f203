"""A model's live map as one page, to take home."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ae_core.accounts.person import Person
from ae_core.checkpoints.cards import Card
from ae_core.classifiers import onnx_files
from ae_core.classifiers.cards import ClassifierCard
from ae_core.export import downloads
from pages.ui.shared import classifier, owner


def maker(
    card: Card, z: Sequence[float] = (), state: Mapping[str, Any] | None = None
) -> Callable[[], bytes]:
    """Makes the file once it is asked for, with the classifier that the visitor's own map has.

    Streamlit calls it outside of the visit, where nobody knows any more who asks.
    """
    return partial(_made, owner.me(), card, classifier.of_model(card), tuple(z), state)


def _made(
    person: Person,
    card: Card,
    reader: ClassifierCard | None,
    z: tuple[float, ...],
    state: Mapping[str, Any] | None,
) -> bytes:
    onnx = onnx_files.onnx_bytes(reader.name, reader.weights_sha256) if reader else None
    return downloads.html(person, card, classifier=onnx, z=z, state=state)
