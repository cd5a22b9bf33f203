"""What this machine knows of the store: which files each thing has, and whether it has them all.

`store/` in `settings().home` holds a note for each thing, the locks of things, and the address of
the store that this is a working copy of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from filelock import FileLock

from ae_core.settings import SETS_FOLDER, settings
from ae_core.storage.folders import write_file
from ae_core.storage.json_cards import NAME
from ae_core.storage.object_store import CHECKPOINTS, Entry, Files, Thing, entry_of

LOCKS = 64

KIND_OF = {"checkpoints": CHECKPOINTS, "jobs": CHECKPOINTS, "runs": CHECKPOINTS} | {
    SETS_FOLDER: SETS_FOLDER
}
"""What the folders below a folder of `home` belong to."""


@dataclass(frozen=True)
class Noted:
    """The files of a thing, and whether the store has all of them as they are here."""

    files: Files
    sent: bool


def thing_of(folder: Path) -> Thing | None:
    """What a folder of `home` belongs to; None where there is no store, or it is none of ours."""
    if not settings().remote or not folder.is_relative_to(settings().home):
        return None
    first, name = (*folder.relative_to(settings().home).parts, "", "")[:2]
    return Thing(KIND_OF[first], name) if first in KIND_OF and NAME.fullmatch(name) else None


def root() -> Path:
    """The folder of the notes."""
    return settings().home / "store"


def locked(thing: Thing) -> FileLock:
    """Held by whoever changes a thing on this machine, or what is known of it."""
    root().mkdir(parents=True, exist_ok=True)
    return FileLock(root() / f"{crc32(thing.name.encode()) % LOCKS}.lock")


def known(kind: str) -> list[Thing]:
    """The things of a kind of which there is a note."""
    return [Thing(kind, path.stem) for path in (root() / kind).glob("*.json")]


def noted(thing: Thing) -> Noted | None:
    """What is known of a thing; None of what was made here and never sent, too."""
    try:
        kept = json.loads(_path(thing).read_bytes())
    except FileNotFoundError:
        return None
    return Noted({path: Entry(*entry) for path, entry in kept["files"].items()}, kept["sent"])


def note(thing: Thing, files: Files, *, sent: bool) -> None:
    """Write down what is known of a thing."""
    write_file(_path(thing), json.dumps({"files": files, "sent": sent}).encode())


def forget(thing: Thing) -> None:
    """Know nothing of a thing any more."""
    _path(thing).unlink(missing_ok=True)


def is_whole(thing: Thing, folder: Path) -> bool:
    """Whether nothing of a folder is missing, as far as this machine knows."""
    home = settings().home
    if (known := noted(thing)) is None:
        return (home / thing.parts[0]).exists()
    start = f"{folder.relative_to(home).as_posix()}/"
    return all((home / path).is_file() for path in known.files if path.startswith(start))


def here(thing: Thing) -> Files:
    """The files of a thing on this machine."""
    home = settings().home
    paths = [path for part in thing.parts for path in sorted((home / part).rglob("*"))]
    kept = [path for path in paths if path.is_file() and path.suffix != ".partial"]
    return {path.relative_to(home).as_posix(): entry_of(path) for path in kept}


def elsewhere(files: Files) -> Files:
    """Those whose folder is not on this machine."""
    home = settings().home
    return {path: entry for path, entry in files.items() if not (home / path).parent.is_dir()}


def _path(thing: Thing) -> Path:
    return root() / thing.kind / f"{thing.name}.json"
