"""The object store of what people make, where `AE_HOME` is a URL that fsspec knows.

    blobs/<ab>/<sha256>        what is in the files, each content once
    checkpoints/<name>.json    the files of a checkpoint, of its run's snapshots and events
    image-sets/<name>.json     the files of an image set
    store.json                 says that this is a store

Blobs are sent before the manifest that names them, so nothing is ever half there. A manifest is
validated as untrusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from ae_core.errors import UserError
from ae_core.settings import SETS_FOLDER
from ae_core.storage.json_cards import NAME
from ae_core.texts import _

FORMAT = 1
CHECKPOINTS = "checkpoints"
KINDS = (CHECKPOINTS, SETS_FOLDER)

UNNAMED_SECONDS = 3600.0
"""How old a blob is before it is deleted when nothing names it."""

FRESH_SECONDS = UNNAMED_SECONDS / 2
"""An older blob is sent again: it may be deleted before the manifest is there that names it."""

BLOCK_BYTES = 2**20

OPTIONS: dict[str, dict[str, Any]] = {
    "file": {"auto_mkdir": True},
    "s3": {"config_kwargs": {"connect_timeout": 5, "retries": {"max_attempts": 1}}},
}
"""What a kind of store is told besides its URL."""

PLAIN = re.compile(r"\w[\w.-]*", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")


class StoreError(UserError):
    """The store cannot be read."""


class DamagedError(StoreError):
    """Something in the store is not what it should be."""


class Entry(NamedTuple):
    """The content of a file, by digest and size."""

    sha256: str
    size: int


Files = dict[str, Entry]
"""By their paths in the folder of everything that people make."""


class StoredItem(NamedTuple):
    """A checkpoint or an image set."""

    kind: str
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        """Its folders; its card is in the first."""
        own = f"{self.kind}/{self.name}"
        of_its_run = (f"jobs/{self.name}/views", f"runs/{self.name}")
        return (own, *of_its_run) if self.kind == CHECKPOINTS else (own,)

    def is_own(self, path: str) -> bool:
        """Whether a file lies beside its card."""
        return path.rpartition("/")[0] == self.parts[0]

    def is_card(self, path: str) -> bool:
        """Whether a file is copied to every machine at once."""
        return self.is_own(path) and path.endswith(".json")

    def files(self, manifest: bytes) -> Files:
        """The files in its manifest.

        Raises:
            DamagedError: it is not a manifest of this item.
        """
        try:
            files = {path: Entry(*entry) for path, entry in json.loads(manifest)["files"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise self.damaged(_("its manifest cannot be read")) from None
        if not any(map(self.is_card, files)):
            raise self.damaged(_("its manifest names no card"))
        for path, (digest, size) in files.items():
            own = any(path.startswith(f"{part}/") for part in self.parts)
            if not own or not all(map(PLAIN.fullmatch, path.split("/"))):
                raise self.damaged(_("its manifest names a file that is not its own"))
            if not SHA256.fullmatch(str(digest)) or type(size) is not int or size < 0:
                raise self.damaged(_("its manifest names a file without sha256 and size"))
        return files

    def damaged(self, reason: str) -> DamagedError:
        """The error that says what is wrong with it."""
        if self.kind == CHECKPOINTS:
            said = _(
                "The checkpoint {name} is not whole in the store: {reason}. Put that back from a"
                " copy of the store, or delete the checkpoint and make it again.",
                name=self.name,
                reason=reason,
            )
        else:
            said = _(
                "The image set {name} is not whole in the store: {reason}. Put that back from a"
                " copy of the store, or delete the image set and make it again.",
                name=self.name,
                reason=reason,
            )
        return DamagedError(said)


@dataclass(frozen=True)
class Store:
    """What lies under the URL."""

    fs: Any
    root: str

    def listed(self, kind: str) -> dict[StoredItem, str]:
        """The items of a kind, each with a text that changes when its manifest does."""
        try:
            infos = self.fs.ls(f"{self.root}/{kind}", detail=True)
        except FileNotFoundError:
            return {}
        named = {info["name"].rpartition("/")[2]: repr(info) for info in infos}
        items = {StoredItem(kind, name.removesuffix(".json")): said for name, said in named.items()}
        return {item: said for item, said in items.items() if NAME.fullmatch(item.name)}

    def manifests(self, items: list[StoredItem]) -> dict[StoredItem, bytes]:
        """Their manifests, but for what is gone."""
        by_path = {self._manifest(item): item for item in items}
        read = self.fs.cat(list(by_path), on_error="return") if by_path else {}
        for data in read.values():
            if isinstance(data, Exception) and not isinstance(data, FileNotFoundError):
                raise data
        return {by_path[path]: data for path, data in read.items() if isinstance(data, bytes)}

    def files(self, item: StoredItem) -> Files | None:
        """The files of an item, where the store has it.

        Raises:
            DamagedError: its manifest is invalid.
        """
        manifest = self.manifests([item]).get(item)
        return None if manifest is None else item.files(manifest)

    def name(self, item: StoredItem, files: Files) -> None:
        """Write the manifest of an item, whose blobs are all in the store."""
        self._put(self._manifest(item), json.dumps({"files": files}).encode())

    def remove(self, item: StoredItem) -> None:
        """Delete an item; its blobs go when they are swept."""
        with suppress(FileNotFoundError):
            self.fs.rm_file(self._manifest(item))

    def send(self, path: Path, entry: Entry, *, named: bool) -> None:
        """Upload the content of a file, whole or not at all.

        Args:
            named: a manifest names it already, and so it is not swept meanwhile.

        Raises:
            UserError: the file is not what it was.
        """
        blob = self._blob(entry)
        with suppress(FileNotFoundError):
            whole = self.fs.info(blob)["size"] == entry.size
            age = (datetime.now(UTC) - self.fs.modified(blob)).total_seconds()
            if whole and (named or 0 <= age < FRESH_SECONDS):
                return
        partial = f"{self.root}/partial/{uuid4().hex}"
        self.fs.put_file(str(path), partial)
        if entry_of(path) != entry:
            raise UserError(_("{file} changed while it was sent. Try again.", file=path.name))
        self.fs.mv(partial, blob)

    def content(self, item: StoredItem, path: str, entry: Entry) -> Iterator[bytes]:
        """A file in blocks.

        Raises:
            DamagedError: its blob is missing or another.
            StoreError: the store cannot be reached.
        """
        digest, size = sha256(), 0
        blob = f"blobs/{entry.sha256[:2]}/{entry.sha256}"
        with in_words():
            try:
                with self.fs.open(f"{self.root}/{blob}", "rb") as file:
                    while size <= entry.size and (block := file.read(BLOCK_BYTES)):
                        digest.update(block)
                        size += len(block)
                        yield block
            except FileNotFoundError as failure:
                said = _("{file} ({blob}) is missing", file=path, blob=blob)
                raise item.damaged(said) from failure
        if (digest.hexdigest(), size) != entry:
            raise item.damaged(_("{file} ({blob}) is damaged", file=path, blob=blob))

    def sweep(self) -> None:
        """Delete old blobs that nothing names, and what was left half sent.

        Raises:
            DamagedError: a manifest cannot be read, so nobody knows what it names.
        """
        paths = self.fs.find(f"{self.root}/blobs") + self.fs.find(f"{self.root}/partial")
        named = set()
        for kind in KINDS:  # after the blobs, so that what is saved meanwhile is seen
            for item, manifest in self.manifests(list(self.listed(kind))).items():
                named |= {entry.sha256 for entry in item.files(manifest).values()}
        now = self._now()
        for path in paths:
            if path.rpartition("/")[2] not in named:
                with suppress(FileNotFoundError):  # another machine sweeps, too
                    if (now - self.fs.modified(path)).total_seconds() > UNNAMED_SECONDS:
                        self.fs.rm_file(path)

    def check(self, *, known: bool) -> None:
        """Make sure that this is a store, and make it one where it is not `known` yet.

        Raises:
            StoreError: a known store is empty, or it is of a later version.
        """
        path = f"{self.root}/store.json"
        try:
            version = json.loads(self.fs.cat_file(path))["format"]
        except FileNotFoundError:
            if known:
                raise StoreError(
                    _(
                        "The store that AE_HOME names is empty, and was not. See that it is mounted"
                        " and that the address is right."
                    )
                ) from None
            self._put(path, json.dumps({"format": FORMAT}).encode())
            return
        if version != FORMAT:
            raise StoreError(
                _(
                    "The store has format {found}; this version reads {known}.",
                    found=version,
                    known=FORMAT,
                )
            )

    def _put(self, path: str, data: bytes) -> None:
        partial = f"{self.root}/partial/{uuid4().hex}"
        self.fs.pipe_file(partial, data)
        self.fs.mv(partial, path)

    def _manifest(self, item: StoredItem) -> str:
        return f"{self.root}/{item.kind}/{item.name}.json"

    def _blob(self, entry: Entry) -> str:
        return f"{self.root}/blobs/{entry.sha256[:2]}/{entry.sha256}"

    def _now(self) -> datetime:
        """The time by the store's own clock, which dates its files; this machine's may be wrong."""
        probe = f"{self.root}/partial/{uuid4().hex}"
        self.fs.pipe_file(probe, b"now")
        try:
            return self.fs.modified(probe)
        finally:
            self.fs.rm_file(probe)


@contextmanager
def opened(url: str, *, known: bool) -> Iterator[Store]:
    """The store at a URL, until this is left.

    Args:
        known: something was kept there before.

    Raises:
        StoreError: it cannot be reached, then or later.
    """
    from fsspec.core import url_to_fs  # not needed where everything is in a folder

    with in_words():
        options = OPTIONS.get(url.partition(":")[0], {})
        fs, root = url_to_fs(url, use_listings_cache=False, **options)
        store = Store(fs, root.rstrip("/"))
        store.check(known=known)
        yield store


@contextmanager
def in_words() -> Iterator[None]:
    """Turns whatever goes wrong with a store into a StoreError."""
    try:
        yield
    except UserError:
        raise
    except ImportError as failure:
        raise StoreError(
            _(
                "The store that AE_HOME names needs another package ({reason}). For s3:// there is"
                " requirements-s3.txt.",
                reason=str(failure),
            )
        ) from failure
    except Exception as failure:  # each kind of store has its own
        # What others than the system say may hold addresses and keys, and everybody reads this.
        reason = type(failure).__name__
        if isinstance(failure, OSError):
            reason = failure.strerror or str(failure)
        raise StoreError(
            _(
                "The store that AE_HOME names cannot be used ({reason}). Check the network, the"
                " address and the keys; what is on this machine can be used meanwhile.",
                reason=reason[:120],
            )
        ) from failure


def entry_of(path: Path) -> Entry:
    """The digest and size of a file on this machine."""
    with path.open("rb") as file:
        return Entry(file_digest(file, "sha256").hexdigest(), file.tell())
