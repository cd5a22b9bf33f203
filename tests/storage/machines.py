"""What tests of the store see of a machine's checkpoints, and do to the store's files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from ae_core import checkpoints
from ae_core.settings import settings
from ae_core.storage.object_store import entry_of

On = Callable[[str], Path]


def names() -> list[str]:
    """Own checkpoints that can be chosen."""
    own = settings().checkpoint_roots[0]
    return [card.name for card in checkpoints.available()[0] if (own / card.name).is_dir()]


def trouble() -> str:
    return " ".join(broken.reason for broken in checkpoints.available()[1])


def blob_of(place: Path, path: Path) -> Path:
    digest = entry_of(path).sha256
    return place / "blobs" / digest[:2] / digest


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)
