"""Files and folders of files, written whole or not at all.

Each is made under a hidden name of its own, which its maker keeps locked, and then renamed: two who
write the same at once do not meet, and what nobody locks was left by a process that was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

LEFT = ".left"
"""How the name ends of what is being made, or deleted."""

FORMER = "-former"
"""Marks a folder that gives way to another one of its name."""

NEW_SECONDS = 60.0
"""What is newer may not be locked yet."""


def write_whole(root: Path, name: str, files: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write a folder of these files under `root`; each is its bytes, or an iterable of them.

    It is made under another name, forced to disk, and renamed into place; whatever stood there
    before stays whole until then.

    Raises:
        OSError: the disk does not take it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with _hidden_folder(root, name) as made:
        (partial := made / name).mkdir(0o755)
        for file_name, data in files.items():
            with (partial / file_name).open("wb") as file:
                file.writelines([data] if isinstance(data, bytes) else data)
                file.flush()
                os.fsync(file.fileno())
        final, former = root / name, made / FORMER
        if final.exists():
            final.rename(former)
        try:
            partial.rename(final)
        except OSError:
            if former.exists():
                former.rename(final)
            raise
        _keep_names(root)


def write_file(path: Path, data: bytes, *, lasts: bool = True) -> None:
    """Write a file whole or not at all; with `lasts` it survives a power cut, which takes a moment.

    Raises:
        OSError: the disk does not take it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(LEFT, f".{path.name}-", path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            if lasts:
                os.fsync(file.fileno())
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    if lasts:
        _keep_names(path.parent)


def remove(folder: Path) -> None:
    """Delete a folder, if it is there: it is gone at once, however long its files take."""
    with (
        contextlib.suppress(FileNotFoundError),
        _hidden_folder(folder.parent, folder.name) as gone,
    ):
        folder.rename(gone / folder.name)


def takes(folder: Path, size: int) -> bool:
    """Whether the disk takes a file of so many bytes now."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, max(1, size))
    except OSError:
        return False
    return True


def is_left(path: Path) -> bool:
    """Whether a file or a folder is one that is being made, or was left half done."""
    return path.name.startswith(".") and path.name.endswith(LEFT)


def tidy(root: Path) -> None:
    """Put right what killed processes left under `root`.

    A folder whose successor never came is put back; what was half made or half deleted goes.

    Raises:
        OSError: the disk does not take it.
    """
    for path in _left_under(root):
        with contextlib.suppress(FileNotFoundError), _lock_of_nobody(path) as left:
            if not left:
                continue
            for former in path.glob(FORMER):
                for name in {each.name for each in path.iterdir()} - {FORMER}:
                    if not (path.parent / name).exists():
                        former.rename(path.parent / name)
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)


def _left_under(root: Path) -> list[Path]:
    """Everything of that kind, not what is inside of it; what vanishes meanwhile is not there."""
    found = []
    for place, below, files in os.walk(root):
        found += [path for name in [*below, *files] if is_left(path := Path(place, name))]
        below[:] = [name for name in below if not is_left(Path(name))]
    return found


@contextlib.contextmanager
def _hidden_folder(root: Path, name: str) -> Iterator[Path]:
    """A new folder, locked, which is gone at the end."""
    path = Path(tempfile.mkdtemp(LEFT, f".{name}-", root))
    try:
        with _locked(path):
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _lock_of_nobody(path: Path) -> Iterator[bool]:
    """Holds what somebody left, unless it is new or its maker is at work."""
    try:
        if abs(time.time() - path.stat().st_mtime) < NEW_SECONDS:
            yield False
            return
        with _locked(path, wait=False):
            yield True
    except BlockingIOError:
        yield False


def _keep_names(folder: Path) -> None:
    """Let what was renamed in a folder survive a power cut; it is whole already."""
    descriptor = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
