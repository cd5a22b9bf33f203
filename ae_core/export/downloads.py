"""What can be downloaded of a checkpoint: its weights, and the network as ONNX."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.tensor_files import checked_bytes
from ae_core.export import browser_models, onnx_files
from ae_core.export.html_file import html_file


def disk_bytes(card: Card) -> int:
    """Size of a checkpoint's files together.

    Raises:
        UserError: there is no such checkpoint any more.
    """
    folder = checkpoints.find(card.name)
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def weights(person: Person, card: Card) -> bytes:
    """The file of weights, byte for byte; its sha256 is on the card.

    Raises:
        UserError: it is not theirs to see, not there, or not the one that the card names.
    """
    ownership.check_sees(person, card.name)
    folder = checkpoints.find(card.name)
    return checked_bytes(folder / "weights.safetensors", card.weights_sha256)


def onnx_zip(person: Person, card: Card) -> bytes:
    """`encoder.onnx` and `decoder.onnx` in one zip.

    Raises:
        UserError: it is not theirs to see, or broken.
    """
    ownership.check_sees(person, card.name)
    model = checkpoints.load(card.name).model
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("decoder.onnx", onnx_files.onnx_bytes(model, "decoder"))
        file.writestr("encoder.onnx", onnx_files.onnx_bytes(model, "encoder"))
    return written.getvalue()


def html(
    person: Person,
    card: Card,
    *,
    classifier: bytes | None = None,
    z: Sequence[float] = (),
    state: Mapping[str, Any] | None = None,
) -> bytes:
    """The live map as one file, see `html_file`; with the test images that are theirs to see.

    Raises:
        UserError: it is not theirs to see, broken, or too large for a file.
    """
    ownership.check_sees(person, card.name)
    theirs = bool(ownership.visible(person, [card.image_set]))
    images = browser_models.test_images(card) if theirs else None
    found = checkpoints.load(card.name)
    return html_file(found, images=images, classifier=classifier, z=z, state=state)
