"""What can be taken away of a checkpoint: its weights, and the network in a form for others."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from ae_core import checkpoints
from ae_core.cards import Card, broken, read_bytes
from ae_core.errors import UserError
from ae_core.settings import ROOT

EXPORT_SECONDS = 150


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
    """`encoder.onnx` and `decoder.onnx` in one zip. Takes some ten seconds.

    They are made in a process of their own: torch holds the interpreter while it reads a network,
    and everybody else's page would stand still.

    Raises:
        UserError: the network cannot be read, or it takes too long.
    """
    written = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ae_core", "export", card.name, "--onnx", "--out", folder]
        try:
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True,
                           timeout=EXPORT_SECONDS)  # fmt: skip
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
            raise UserError(f"{card.name} could not be exported. Try again later.") from failure
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(Path(folder).glob("*.onnx")):
                file.write(path, path.name)
    return written.getvalue()
