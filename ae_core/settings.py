"""Where things lie and how large they may be: every setting, in one place, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MAX_IMAGE_BYTES = 10 * 2**20
"""Largest uploaded image, bytes."""

MAX_IMAGE_PIXELS = 24_000_000
"""Largest image that is decoded, width times height: a phone's camera is 12 to 24 million."""

MAX_HEADER_BYTES = 2**20
"""Largest header of a weights file that is read, bytes."""

SETS_FOLDER = "image-sets"
"""In `AE_HOME`: the image sets that people make."""

THREADS = 1
"""CPU threads for torch. Two threads on two busy cores are slower than one."""


@dataclass(frozen=True)
class Settings:
    """The folders. `data` is read first for image sets, `home` takes everything people make.

    Where `AE_HOME` is a URL, it is `remote`, and `home` is a working copy of what lies there.
    """

    data: Path
    home: Path
    library: Path
    remote: str = ""

    @property
    def checkpoint_roots(self) -> tuple[Path, Path]:
        """Folders of checkpoints: what people made, then what ships."""
        return self.home / "checkpoints", self.library


def settings() -> Settings:
    """Read `AE_HOME`, `AE_DATA_DIR` and `AE_CACHE` now, so that a test can set them."""
    texts = [os.environ.get(name, "") for name in ("AE_HOME", "AE_DATA_DIR", "AE_CACHE")]
    return _settings(*texts, Path.cwd())


@lru_cache(maxsize=8)
def _settings(home_text: str, data_text: str, cache_text: str, _here: Path) -> Settings:
    remote = home_text.rstrip("/") if "://" in home_text else ""
    home = Path((cache_text if remote else home_text) or ROOT / "var").expanduser().resolve()
    data = Path(data_text or home / "data").expanduser().resolve()
    return Settings(data=data, home=home, library=ROOT / "checkpoints", remote=remote)
