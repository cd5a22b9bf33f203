"""The folder `settings().home` as a working copy of the store, where `AE_HOME` is a URL.

Of what others made it has the cards, and the rest once somebody asks for it. Where `AE_HOME` is a
path, the folder is all there is, and nothing here does anything.
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
    StoreError,
    Thing,
    entry_of,
)
from ae_core.storage.sync_state import KIND_OF, Noted, locked, thing_of

LOOK_SECONDS, AGAIN_SECONDS = 5.0, 30.0
"""Time between two looks at what is in the store, and after one that failed."""

SENDERS = 8


class NotSentError(UserError):
    """It is on this machine, and not in the store yet."""


def push(folder: Path) -> None:
    """Send what was just written in a folder of `home`.

    Raises:
        NotSentError: the store does not take it; `tidy` sends it later.
    """
    if (thing := thing_of(folder)) is None:
        return
    home = settings().home
    try:
        with locked(thing):
            here = sync_state.here(thing)
            noted = sync_state.noted(thing)
            sync_state.note(
                thing, (sync_state.elsewhere(noted.files) if noted else {}) | here, sent=False
            )
            with _store() as there:
                former = there.files(thing) or {}
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
                there.name(thing, files)
            sync_state.note(thing, files, sent=True)
    except (UserError, OSError) as failure:
        raise NotSentError(
            f"{thing.name} is on this machine alone for now, and is sent later. {failure}"
        ) from failure


def bring(folder: Path) -> None:
    """Have a folder of `home` whole, if it is of something that the store has.

    Raises:
        UserError: the store cannot be reached, or has it damaged.
    """
    if (thing := thing_of(folder)) is None or sync_state.is_whole(thing, folder):
        return
    start = f"{folder.relative_to(settings().home).as_posix()}/"
    with locked(thing), _store() as there:
        if (noted := sync_state.noted(thing)) is None:
            if (files := there.files(thing)) is None:
                return
            sync_state.note(thing, files, sent=True)
            noted = Noted(files, sent=True)
        wanted = {path: entry for path, entry in noted.files.items() if path.startswith(start)}
        _fetch(there, thing, wanted)


def drop(folder: Path) -> None:
    """Take a thing out of the store, before it is deleted here.

    Raises:
        UserError: the store cannot be reached.
    """
    thing = thing_of(folder)
    if thing is None or (sync_state.noted(thing) is None and folder.exists()):
        return
    with locked(thing), _store() as there:
        there.remove(thing)
        sync_state.forget(thing)


def refresh(root: Path) -> str:
    """Have the cards of a kind as the store has them, and nothing that was deleted there.

    The first look of a process waits for the store; later ones are left to a thread.

    Returns:
        What is wrong with the store, in words; nothing where all is well.
    """
    if not settings().remote or root.parent != settings().home:
        return ""
    look = _look(root)
    due = AGAIN_SECONDS if look.trouble else LOOK_SECONDS
    if look.at is None:
        look.now(first=True)
    elif time.monotonic() - look.at > due and not look.lock.locked():
        Thread(target=look.now, daemon=True).start()
    return look.trouble


def tidy() -> None:
    """Send what was not sent, see what others did, delete blobs that nothing names.

    Raises:
        UserError: the store cannot be reached, or does not take something.
    """
    home, unsent = settings().home, ""
    if not settings().remote:
        return
    for kind in object_store.KINDS:
        _look(home / kind).now()
        for folder in {card.parent for card in (home / kind).glob("*/*.json")}:
            thing = thing_of(folder)
            if thing and not ((noted := sync_state.noted(thing)) and noted.sent):
                try:
                    push(folder)
                except NotSentError as failure:
                    unsent = str(failure)
    with _store() as there:
        there.sweep()
    if unsent:
        raise NotSentError(unsent)


@dataclass
class Look:
    """What this process last saw of a kind of things."""

    kind: str
    at: float | None = None
    trouble: str = ""
    seen: dict[Thing, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def now(self, *, first: bool = False) -> None:
        """Take over what changed in the store, and take away what is gone."""
        with self.lock:
            if first and self.at is not None:
                return
            try:
                with _store() as there:
                    self.trouble = self._take(there)
            except (UserError, OSError) as failure:
                self.trouble = str(failure)
            self.at = time.monotonic()

    def _take(self, there: Store) -> str:
        trouble, listed = "", there.listed(self.kind)
        changed = [thing for thing, said in listed.items() if self.seen.get(thing) != said]
        for thing, manifest in there.manifests(changed).items():
            try:
                _take(there, thing, thing.files(manifest))
            except DamagedError as failure:
                trouble = str(failure)
                del listed[thing]  # and is looked at again
        for thing in sync_state.known(self.kind):
            if thing not in listed and thing not in changed:
                _take_away(thing)
        self.seen = listed
        return trouble


LOOKS: dict[tuple[str, Path], Look] = {}


def _look(root: Path) -> Look:
    return LOOKS.setdefault((settings().remote, root), Look(root.name))


def _take(there: Store, thing: Thing, files: Files) -> None:
    """Have the card of a thing here; what of it was here and is the same stays."""
    home = settings().home
    with locked(thing):
        noted, is_here = sync_state.noted(thing), (home / thing.parts[0]).is_dir()
        if is_here if noted is None else not noted.sent:
            return  # made or changed here, and not sent yet
        if noted is None:
            sync_state.note(thing, files, sent=True)
        elif noted.files == files and is_here:
            return
        wanted = {
            path: entry
            for path, entry in files.items()
            if thing.is_card(path) or (thing.is_own(path) and _is_same(home / path, entry))
        }
        _write(there, thing, wanted)
        sync_state.note(thing, files, sent=True)


def _take_away(thing: Thing) -> None:
    """Delete here what was deleted in the store."""
    home = settings().home
    with locked(thing):
        if (noted := sync_state.noted(thing)) and noted.sent:
            folders.remove(home / thing.parts[0])
            for first in (first for first, kind in KIND_OF.items() if kind == thing.kind):
                rmtree(home / first / thing.name, ignore_errors=True)
            sync_state.forget(thing)


def _fetch(there: Store, thing: Thing, files: Files) -> None:
    """Make the folders of these files whole that are not."""
    by_folder: dict[Path, Files] = {}
    for path, entry in files.items():
        by_folder.setdefault(Path(path).parent, {})[path] = entry
    for inside in by_folder.values():
        if not all((settings().home / path).is_file() for path in inside):
            _write(there, thing, inside)


def _write(there: Store, thing: Thing, files: Files) -> None:
    """Put the files of one folder there, and nothing else, whole or not at all."""
    home = settings().home
    folder = home / Path(next(iter(files))).parent
    contents = {Path(path).name: _content(there, thing, path, files[path]) for path in files}
    try:
        folders.write_whole(folder.parent, folder.name, contents)
    except OSError as failure:
        raise UserError(
            f"{thing.name} could not be kept in {home} ({failure.strerror}). Make room or choose"
            " another AE_CACHE."
        ) from failure


def _content(there: Store, thing: Thing, path: str, entry: Entry) -> Iterator[bytes]:
    """A file in blocks, from here where it is here."""
    if _is_same(settings().home / path, entry):
        yield (settings().home / path).read_bytes()
    else:
        yield from there.content(thing, path, entry)


def _is_same(path: Path, entry: Entry) -> bool:
    return path.is_file() and path.stat().st_size == entry.size and entry_of(path) == entry


@contextmanager
def _store() -> Iterator[Store]:
    """The store, made sure to be that of this working copy."""
    remote, home = settings().remote, settings().home
    address = sync_state.root() / "address"
    known = address.exists()
    if known and address.read_text("utf-8") != remote:
        raise StoreError(
            f"{home} is a working copy of another store than AE_HOME names. Choose another"
            " AE_CACHE."
        )
    with object_store.opened(remote, known=known) as there:
        if not known:
            sync_state.root().mkdir(parents=True, exist_ok=True)
            address.write_text(remote, "utf-8")
        yield there
