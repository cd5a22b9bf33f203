"""What can be taken away of a checkpoint: its weights, and the network in a form for others."""

from __future__ import annotations

import hashlib
import io
import zipfile

from ae_core import checkpoints
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import onnx_files
from ae_core.storage.json_cards import broken, read_bytes


def disk_bytes(card: Card) -> int:
    """Size of a checkpoint's files together.

    Raises:
        UserError: there is no such checkpoint any more.
    """
    folder = checkpoints.find(card.name)
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def weights(card: Card) -> bytes:
    """The file of weights, byte for byte; its sha256 is on the card.

    Raises:
        UserError: it is not there, or not the one that the card names.
    """
    path = checkpoints.find(card.name) / "weights.safetensors"
    data = read_bytes(path, checkpoints.MAX_FILE_BYTES)
    if hashlib.sha256(data).hexdigest() != card.weights_sha256:
        raise UserError(f"{broken(path.parent)}: {path.name} is not the file that its card names.")
    return data


def onnx_zip(card: Card) -> bytes:
    """`encoder.onnx` and `decoder.onnx` in one zip.

    Raises:
        UserError: the checkpoint is broken.
    """
    model = checkpoints.load(card.name).model
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("decoder.onnx", onnx_files.onnx_bytes(model, "decoder"))
        file.writestr("encoder.onnx", onnx_files.onnx_bytes(model, "encoder"))
    return written.getvalue()
