"""The state of synchronisation: which files each item has in the store, and whether all are sent.

`store/` in `settings().home` holds a file for each item, the locks of items, and the address of
the store that this folder is a copy of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from filelock import FileLock

from ae_core.settings import SETS_FOLDER, settings
from ae_core.storage.folders import is_left, write_file
from ae_core.storage.json_cards import NAME
from ae_core.storage.object_store import CHECKPOINTS, Entry, Files, StoredItem, entry_of

LOCKS = 64

KIND_OF = {"checkpoints": CHECKPOINTS, "jobs": CHECKPOINTS, "runs": CHECKPOINTS} | {
    SETS_FOLDER: SETS_FOLDER
}
"""What the folders below a folder of `home` belong to."""


@dataclass(frozen=True)
class SyncState:
    """The files of an item, and whether the store has all of them as they are here."""

    files: Files
    sent: bool


def item_of(folder: Path) -> StoredItem | None:
    """What a folder of `home` belongs to; None where there is no store, or it is none of ours."""
    if not settings().remote or not folder.is_relative_to(settings().home):
        return None
    first, name = (*folder.relative_to(settings().home).parts, "", "")[:2]
    return StoredItem(KIND_OF[first], name) if first in KIND_OF and NAME.fullmatch(name) else None


def root() -> Path:
    """The folder of the sync states."""
    return settings().home / "store"


def locked(item: StoredItem) -> FileLock:
    """Held by whoever changes an item on this machine, or its sync state."""
    root().mkdir(parents=True, exist_ok=True)
    return FileLock(root() / f"{crc32(item.name.encode()) % LOCKS}.lock")


def known(kind: str) -> list[StoredItem]:
    """The items of a kind that have a sync state."""
    return [StoredItem(kind, path.stem) for path in (root() / kind).glob("*.json")]


def read(item: StoredItem) -> SyncState | None:
    """The sync state of an item; None where it was made here and never sent, too, or is damaged."""
    try:
        kept = json.loads(_path(item).read_bytes())
        files = {path: Entry(*entry) for path, entry in kept["files"].items()}
        return SyncState(files, bool(kept["sent"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None  # damaged: it is sent again


def write(item: StoredItem, files: Files, *, sent: bool) -> None:
    """Write the sync state of an item."""
    write_file(_path(item), json.dumps({"files": files, "sent": sent}).encode())


def forget(item: StoredItem) -> None:
    """Delete the sync state of an item."""
    _path(item).unlink(missing_ok=True)


def is_whole(item: StoredItem, folder: Path) -> bool:
    """Whether nothing of a folder is missing, as far as this machine knows."""
    home = settings().home
    if (known := read(item)) is None:
        return (home / item.parts[0]).exists()
    start = f"{folder.relative_to(home).as_posix()}/"
    return all((home / path).is_file() for path in known.files if path.startswith(start))


def here(item: StoredItem) -> Files:
    """The files of an item on this machine."""
    home = settings().home
    paths = [path for part in item.parts for path in sorted((home / part).rglob("*"))]
    kept = [path for path in paths if path.is_file() and not is_left(path)]
    return {path.relative_to(home).as_posix(): entry_of(path) for path in kept}


def elsewhere(files: Files) -> Files:
    """Those whose folder is not on this machine."""
    home = settings().home
    return {path: entry for path, entry in files.items() if not (home / path).parent.is_dir()}


def _path(item: StoredItem) -> Path:
    return root() / item.kind / f"{item.name}.json"
