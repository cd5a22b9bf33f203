"""Keeps the folder `settings().home` in step with the object store, where `AE_HOME` is a URL.

Cards that others made are copied at once, everything else when somebody asks for it. Where
`AE_HOME` is a path, there is no store, and every function here does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from threading import Lock, Thread

from ae_core.errors import UserError
from ae_core.settings import settings
from ae_core.storage import folders, object_store, sync_state
from ae_core.storage.object_store import (
    DamagedError,
    Entry,
    Files,
    Store,
    StoredItem,
    StoreError,
    entry_of,
)
from ae_core.storage.sync_state import KIND_OF, SyncState, item_of, locked
from ae_core.texts import Text, _

LISTING_SECONDS, RETRY_SECONDS = 5.0, 30.0
"""Time between two listings of the store, and after one that failed."""

SENDERS = 8


class NotSentError(UserError):
    """It is on this machine, and not in the store yet."""


def push(folder: Path) -> None:
    """Upload what was just written in a folder of `home`.

    Raises:
        NotSentError: the store does not take it; `tidy` sends it later.
    """
    if (item := item_of(folder)) is None:
        return
    home = settings().home
    try:
        with locked(item):
            if not (home / item.parts[0]).is_dir():
                return  # deleted meanwhile
            here = sync_state.here(item)
            state = sync_state.read(item)
            sync_state.write(
                item, (sync_state.elsewhere(state.files) if state else {}) | here, sent=False
            )
            with _store() as there:
                former = there.files(item) or {}
                named = set(former.values())
                new = {entry: home / path for path, entry in here.items()}
                with ThreadPoolExecutor(SENDERS) as senders:
                    sent = [
                        senders.submit(there.send, path, entry, named=entry in named)
                        for entry, path in new.items()
                    ]
                    for each in sent:
                        each.result()
                files = sync_state.elsewhere(former) | here
                there.name(item, files)
            sync_state.write(item, files, sent=True)
    except (UserError, OSError) as failure:
        raise NotSentError(
            _(
                "{name} is on this machine alone for now, and is sent later. {reason}",
                name=item.name,
                reason=_said(failure),
            )
        ) from failure


def pull(folder: Path) -> None:
    """Complete a folder of `home` from the store, if it is of something that the store has.

    Raises:
        UserError: the store cannot be reached, or has it damaged.
    """
    if (item := item_of(folder)) is None or sync_state.is_whole(item, folder):
        return
    start = f"{folder.relative_to(settings().home).as_posix()}/"
    with locked(item), _store() as there:
        if (state := sync_state.read(item)) is None:
            if (files := there.files(item)) is None:
                return
            sync_state.write(item, files, sent=True)
            state = SyncState(files, sent=True)
        wanted = {path: entry for path, entry in state.files.items() if path.startswith(start)}
        _fetch(there, item, wanted)


def delete(folder: Path) -> None:
    """Delete an item from the store, and then its folder, before another process sends it again.

    Raises:
        UserError: the store cannot be reached; then nothing is deleted.
    """
    if (item := item_of(folder)) is None:
        folders.remove(folder)
        return
    with locked(item):
        if sync_state.read(item) is not None or not folder.exists():
            with _store() as there:
                there.remove(item)
            sync_state.forget(item)
        folders.remove(folder)


def refresh(root: Path) -> str:
    """Bring the cards of a kind up to date with the store, deletions included.

    The first listing of a process waits for the store; a thread does the later ones.

    Returns:
        What is wrong with the store, in words; nothing where all is well.
    """
    if not settings().remote or root.parent != settings().home:
        return ""
    listing = _listing(root)
    due = RETRY_SECONDS if listing.trouble else LISTING_SECONDS
    if listing.at is None:
        listing.refresh(first=True)
    elif time.monotonic() - listing.at > due and not listing.lock.locked():
        Thread(target=listing.refresh, daemon=True).start()
    return listing.trouble


def tidy() -> None:
    """Upload what was not sent, list the store again, delete blobs that no manifest names.

    Raises:
        UserError: the store cannot be reached, or does not take something.
    """
    home = settings().home
    unsent: Text | None = None
    if not settings().remote:
        return
    for kind in object_store.KINDS:
        _listing(home / kind).refresh()
        for folder in {card.parent for card in (home / kind).glob("*/*.json")}:
            item = item_of(folder)
            if item and not ((state := sync_state.read(item)) and state.sent):
                try:
                    push(folder)
                except NotSentError as failure:
                    unsent = failure.text
    with _store() as there:
        there.sweep()
    if unsent:
        raise NotSentError(unsent)


@dataclass
class Listing:
    """What the store held of one kind of items when this process last asked."""

    kind: str
    at: float | None = None
    trouble: str = ""
    seen: dict[StoredItem, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def refresh(self, *, first: bool = False) -> None:
        """Copy what changed in the store, and delete here what was deleted there."""
        with self.lock:
            if first and self.at is not None:
                return
            try:
                with _store() as there:
                    self.trouble = self._take_over(there)
            except (UserError, OSError) as failure:
                self.trouble = _said(failure)
            self.at = time.monotonic()

    def _take_over(self, there: Store) -> str:
        trouble, listed = "", there.listed(self.kind)
        changed = [item for item, said in listed.items() if self.seen.get(item) != said]
        for item, manifest in there.manifests(changed).items():
            try:
                _take_over(there, item, item.files(manifest))
            except DamagedError as failure:
                trouble = failure.text
                del listed[item]  # and is looked at again
        for item in sync_state.known(self.kind):
            if item not in listed and item not in changed:
                _delete_here(item)
        self.seen = listed
        return trouble


LISTINGS: dict[tuple[str, Path], Listing] = {}


def _listing(root: Path) -> Listing:
    return LISTINGS.setdefault((settings().remote, root), Listing(root.name))


def _take_over(there: Store, item: StoredItem, files: Files) -> None:
    """Copy the card of an item; its other files that are here and unchanged stay."""
    home = settings().home
    with locked(item):
        state, is_here = sync_state.read(item), (home / item.parts[0]).is_dir()
        if is_here if state is None else not state.sent:
            return  # made or changed here, and not sent yet
        if state is None:
            sync_state.write(item, files, sent=True)
        elif state.files == files and is_here:
            return
        wanted = {
            path: entry
            for path, entry in files.items()
            if item.is_card(path) or (item.is_own(path) and _is_same(home / path, entry))
        }
        _write(there, item, wanted)
        sync_state.write(item, files, sent=True)


def _delete_here(item: StoredItem) -> None:
    """Delete here what was deleted in the store."""
    home = settings().home
    with locked(item):
        if (state := sync_state.read(item)) and state.sent:
            folders.remove(home / item.parts[0])
            for first in (first for first, kind in KIND_OF.items() if kind == item.kind):
                rmtree(home / first / item.name, ignore_errors=True)
            sync_state.forget(item)


def _fetch(there: Store, item: StoredItem, files: Files) -> None:
    """Complete the folders that lack some of these files."""
    by_folder: dict[Path, Files] = {}
    for path, entry in files.items():
        by_folder.setdefault(Path(path).parent, {})[path] = entry
    for inside in by_folder.values():
        if not all((settings().home / path).is_file() for path in inside):
            _write(there, item, inside)


def _write(there: Store, item: StoredItem, files: Files) -> None:
    """Replace one folder by these files, whole or not at all."""
    home = settings().home
    folder = home / Path(next(iter(files))).parent
    contents = {Path(path).name: _content(there, item, path, files[path]) for path in files}
    try:
        folders.write_whole(folder.parent, folder.name, contents)
    except OSError as failure:
        raise UserError(
            _(
                "{name} could not be kept in {folder} ({reason}). Make room or choose another"
                " AE_CACHE.",
                name=item.name,
                folder=home,
                reason=failure.strerror,
            )
        ) from failure


def _content(there: Store, item: StoredItem, path: str, entry: Entry) -> Iterator[bytes]:
    """A file in blocks, from here where it is here."""
    if _is_same(settings().home / path, entry):
        yield (settings().home / path).read_bytes()
    else:
        yield from there.content(item, path, entry)


def _is_same(path: Path, entry: Entry) -> bool:
    return path.is_file() and path.stat().st_size == entry.size and entry_of(path) == entry


def _said(failure: UserError | OSError) -> str:
    return failure.text if isinstance(failure, UserError) else str(failure)


@contextmanager
def _store() -> Iterator[Store]:
    """The store, after a check that this folder is a copy of that one and no other."""
    remote, home = settings().remote, settings().home
    address = sync_state.root() / "address"
    known = address.exists()
    if known and address.read_text("utf-8") != remote:
        raise StoreError(
            _(
                "{folder} is a working copy of another store than AE_HOME names. Choose another"
                " AE_CACHE.",
                folder=home,
            )
        )
    with object_store.opened(remote, known=known) as there:
        if not known:
            folders.write_file(address, remote.encode())
        yield there
