"""What is the same at each start and takes long to make, kept on disk.

What is made of models that ship is had without torch then. What is made of others is not kept, and
so goes with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ae_core.settings import ROOT, settings
from ae_core.storage import folders
from ae_core.storage.json_cards import NAME

FOLDER = "kept"
"""In `AE_HOME`: a folder for each version of what makes it, the present one alone."""

FIRST_MODEL = ("model that is shown where none was chosen",)

PACKAGES = ("ae_core", "pages")


def made(of: Sequence[str], make: Callable[[], bytes]) -> bytes:
    """What `make` makes, and has made of this before."""
    if (found := read(of)) is None:
        found = make()
        keep(of, found)
    return found


def made_of(name: str, of: Sequence[str], make: Callable[[], bytes]) -> bytes:
    """What `make` makes of a checkpoint or a classifier; kept if that ships."""
    return made((name, *of), make) if ships(name) else make()


def ships(name: str) -> bool:
    """Whether the folder of that name came with the app, and none of that name hides it."""
    own, library = settings().checkpoint_roots
    here = NAME.fullmatch(name) and (library / name).is_dir()
    return bool(here) and not (own / name).exists()


def read(of: Sequence[str]) -> bytes | None:
    """What is kept; None where it is not here or not whole."""
    try:
        data = _path(of).read_bytes()
    except OSError:
        return None
    digest, found = data[:32], data[32:]
    return found if hashlib.sha256(found).digest() == digest else None


def keep(of: Sequence[str], found: bytes) -> None:
    """Keep this; without it, it is made again."""
    path = _path(of)
    if read(of) == found:
        return
    with suppress(OSError):
        for other in path.parent.parent.glob("*"):
            if other != path.parent:
                folders.remove(other)
        folders.write_file(path, hashlib.sha256(found).digest() + found, lasts=False)


def _path(of: Sequence[str]) -> Path:
    key = hashlib.sha256("\0".join(of).encode()).hexdigest()
    return settings().home / FOLDER / _version() / key


@cache
def _version() -> str:
    """Tells our code and torch from all other versions of them."""
    spec = find_spec("torch")
    assert spec and spec.origin
    ours = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    files = [*sorted(ours), Path(spec.origin).with_name("version.py")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
