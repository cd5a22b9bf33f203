"""What a job keeps on disk besides its rows: its state to resume from, and snapshots of its model.

AE_HOME/jobs/<name>/state.safetensors         everything that a run needs to resume
AE_HOME/jobs/<name>/received.safetensors      what a browser has learned, to be measured
AE_HOME/jobs/<name>/views/000000120.safetensors  the snapshot after 120 steps
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
from ae_core.storage.folders import is_left, write_file

SNAPSHOTS_BYTES = 2**20


def folder(name: str) -> Path:
    """The folder of a job."""
    return settings().home / "jobs" / name


def keep_state(name: str, state: dict[str, Tensor]) -> None:
    """Save everything that the run needs to resume; the former state stays whole until then.

    Raises:
        OSError: the disk does not take it.
    """
    write_file(folder(name) / "state.safetensors", write_tensors(state))


def kept_state(name: str) -> dict[str, Tensor] | None:
    """The state to resume from, if one was saved whole.

    Raises:
        OSError: the disk does not give it.
    """
    path = folder(name) / "state.safetensors"
    return _tensors(path.read_bytes()) if path.exists() else None


def room_for(name: str) -> int:
    """How many bytes a run needs on the disk to go on: its state twice, and some snapshots."""
    path = folder(name) / "state.safetensors"
    return 2 * path.stat().st_size + SNAPSHOTS_BYTES if path.exists() else SNAPSHOTS_BYTES


def forget_state(name: str) -> None:
    """Delete the state: what was learned is kept."""
    (folder(name) / "state.safetensors").unlink(missing_ok=True)


def keep_received(name: str, data: bytes) -> None:
    """Save what a browser has sent, until the job has measured it.

    Raises:
        OSError: the disk does not take it.
    """
    write_file(folder(name) / "received.safetensors", data)


def forget_received(name: str) -> None:
    """Delete what a browser has sent: the job is over."""
    (folder(name) / "received.safetensors").unlink(missing_ok=True)


def received(name: str) -> bytes | None:
    """What a browser has sent, where the job is to measure that.

    Raises:
        OSError: the disk does not give it.
    """
    path = folder(name) / "received.safetensors"
    return path.read_bytes() if path.exists() else None


def keep_snapshot(name: str, step: int, snapshot: dict[str, Tensor]) -> None:
    """Save the snapshot of a step.

    Raises:
        OSError: the disk does not take it.
    """
    write_file(_snapshot(name, step), write_tensors(snapshot), lasts=False)


def pull(name: str) -> None:
    """Fetch the snapshots of a run that is over, wherever it ran.

    Raises:
        UserError: the store does not give them.
    """
    sync.pull(_snapshot(name).parent)


def snapshots(name: str) -> list[int]:
    """The steps that have a snapshot, in order."""
    return sorted(int(path.stem) for path in _snapshot(name).parent.glob("*.safetensors"))


def snapshot(name: str, step: int) -> dict[str, Tensor] | None:
    """The snapshot of a step, if it is there."""
    return _read(_snapshot(name, step))


def drop_snapshot(name: str, step: int) -> None:
    """Delete the snapshot of a step."""
    _snapshot(name, step).unlink(missing_ok=True)


def size(name: str) -> int:
    """Bytes of all of it."""
    return size_of(folder(name))


def size_of(path: Path) -> int:
    """Bytes of a folder."""
    inside = [each for each in path.rglob("*") if not is_left(each)]
    return sum(each.stat().st_size for each in inside if each.is_file())


def discard(name: str) -> None:
    """Delete all of it, and its TensorBoard files."""
    shutil.rmtree(folder(name), ignore_errors=True)
    shutil.rmtree(settings().home / "runs" / name, ignore_errors=True)


def _snapshot(name: str, step: int = 0) -> Path:
    return folder(name) / "views" / f"{step:09}.safetensors"


def _read(path: Path) -> dict[str, Tensor] | None:
    try:
        return _tensors(path.read_bytes())
    except OSError:
        return None


def _tensors(data: bytes) -> dict[str, Tensor] | None:
    try:
        return read_tensors(data)
    except (SafetensorError, ValueError):
        return None
