"""Files and folders of files, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_whole(root: Path, name: str, files: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write a folder of these files under `root`; each is its bytes, or an iterable of them.

    It is made under another name, forced to disk, and renamed into place; whatever stood there
    before stays whole until then.

    Raises:
        OSError: the disk does not take it.
    """
    root.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=root, prefix=f".{name}-"))
    try:
        partial.chmod(0o755)
        for file_name, data in files.items():
            with (partial / file_name).open("wb") as file:
                file.writelines([data] if isinstance(data, bytes) else data)
                file.flush()
                os.fsync(file.fileno())
        final, former = root / name, partial.with_name(partial.name + "-former")
        if final.exists():
            final.rename(former)
        try:
            partial.rename(final)
        except OSError:
            if former.exists():
                former.rename(final)
            raise
        shutil.rmtree(former, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)

    # The folder is whole by now; what follows makes the rename survive a power cut.
    descriptor = os.open(root, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)


def write_file(path: Path, data: bytes, *, lasts: bool = True) -> None:
    """Write a file whole or not at all; with `lasts` it survives a power cut, which takes a moment.

    Raises:
        OSError: the disk does not take it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            if lasts:
                file.flush()
                os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Delete a folder, if it is there: it is gone at once, however long its files take."""
    with contextlib.suppress(FileNotFoundError):
        gone = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            folder.rename(gone / folder.name)
        finally:
            shutil.rmtree(gone, ignore_errors=True)
