"""Tensors as safetensors files. No file is ever unpickled."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from ae_core.errors import UserError
from ae_core.settings import MAX_HEADER_BYTES
from ae_core.storage.json_cards import broken, read_bytes
from ae_core.texts import _

MAX_FILE_BYTES = 256 * 2**20


def tensor_bytes(model: nn.Module, *, half: bool) -> bytes:
    """The weights of a model as a file, as float16 if `half`."""
    return write_tensors(
        {
            name: (value.half() if half else value).detach().cpu().contiguous()
            for name, value in model.state_dict().items()
        }
    )


def checked_bytes(path: Path, sha256: str) -> bytes:
    """What is in a file of a folder, if it is the file that its card names.

    Raises:
        UserError: it is not there, or not that file.
    """
    data = read_bytes(path, MAX_FILE_BYTES)
    if hashlib.sha256(data).hexdigest() != sha256:
        said = _("{file} is not the file that its card names", file=path.name)
        raise broken(path.parent, said)
    return data


def read_checked(path: Path, sha256: str) -> dict[str, Tensor]:
    """The tensors in a file of a folder, if it is the file that its card names.

    Raises:
        UserError: it is not, or it holds no tensors.
    """
    data = checked_bytes(path, sha256)
    if len(data) < 8 or int.from_bytes(data[:8], "little") > MAX_HEADER_BYTES:
        raise _no_tensors(path)
    try:
        return read_tensors(data)
    except (SafetensorError, ValueError, KeyError) as failure:
        raise _no_tensors(path) from failure


def _no_tensors(path: Path) -> UserError:
    return broken(path.parent, _("{file} is not a safetensors file", file=path.name))
