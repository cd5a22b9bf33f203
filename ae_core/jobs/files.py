"""What a job keeps on disk besides its rows: where to go on, and how its model looked on the way.

AE_HOME/jobs/<name>/state.safetensors         everything that a run needs to go on
AE_HOME/jobs/<name>/views/000120.safetensors  how the model looked after 120 steps
"""

from __future__ import annotations

import shutil
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.folders import write_file


def folder(name: str) -> Path:
    """The folder of a job."""
    return settings().home / "jobs" / name


def keep_state(name: str, state: dict[str, Tensor]) -> None:
    """Keep everything that the run needs to go on; the former state stays whole until then.

    Raises:
        OSError: the disk does not take it.
    """
    write_file(folder(name) / "state.safetensors", write_tensors(state))


def kept_state(name: str) -> dict[str, Tensor] | None:
    """The state to go on from, if one was kept whole."""
    return _read(folder(name) / "state.safetensors")


def forget_state(name: str) -> None:
    """Drop the state: the run is over."""
    (folder(name) / "state.safetensors").unlink(missing_ok=True)


def keep_view(name: str, step: int, view: dict[str, Tensor]) -> None:
    """Keep how the model looks after so many steps.

    Raises:
        OSError: the disk does not take it.
    """
    write_file(folder(name) / "views" / f"{step:09}.safetensors", write_tensors(view), lasts=False)


def bring(name: str) -> None:
    """Have the views of a run that is over, wherever it ran.

    Raises:
        UserError: they cannot be had from the store.
    """
    sync.pull(folder(name) / "views")


def views(name: str) -> list[int]:
    """The steps of which a view was kept, in order."""
    return sorted(int(path.stem) for path in (folder(name) / "views").glob("*.safetensors"))


def view(name: str, step: int) -> dict[str, Tensor] | None:
    """The view of a step, if it is there."""
    return _read(folder(name) / "views" / f"{step:09}.safetensors")


def drop_view(name: str, step: int) -> None:
    """Delete the view of a step."""
    (folder(name) / "views" / f"{step:09}.safetensors").unlink(missing_ok=True)


def size(name: str) -> int:
    """Bytes of all of it."""
    return size_of(folder(name))


def size_of(path: Path) -> int:
    """Bytes of a folder."""
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())


def discard(name: str) -> None:
    """Delete all of it, and its TensorBoard files."""
    shutil.rmtree(folder(name), ignore_errors=True)
    shutil.rmtree(settings().home / "runs" / name, ignore_errors=True)


def _read(path: Path) -> dict[str, Tensor] | None:
    try:
        return read_tensors(path.read_bytes())
    except (OSError, SafetensorError, ValueError):
        return None
