"""The files of an upload, as they came, as they lie in a zip, and those with one picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple

from ae_core.errors import UserError
from ae_core.texts import _
from ae_core.uploads import archives
from ae_core.uploads.archives import EntryName, Opener


class Upload(NamedTuple):
    """One file: its name as a person sees it, and its place on the disk, or its bytes."""

    name: str
    file: BufferedIOBase | Path

    @property
    def size(self) -> int:
        """In bytes."""
        return self.file.stat().st_size if isinstance(self.file, Path) else self.file.seek(0, 2)

    @contextmanager
    def opened(self) -> Iterator[BufferedIOBase]:
        """The file, at its beginning.

        Raises:
            UserError: it cannot be read.
        """
        if not isinstance(self.file, Path):
            self.file.seek(0)
            yield self.file
            return
        try:
            with self.file.open("rb") as file:
                yield file
        except OSError as failure:
            raise UserError(
                _("{path} cannot be read ({reason}).", path=self.file, reason=failure.strerror)
            ) from failure


@dataclass
class PictureFile:
    """A file with one picture, as a camera or a program wrote it."""

    name: EntryName
    opened: Opener
    size: int
    work: int = 0

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            UserError: they are more or fewer than its zip says.
        """
        with self.opened() as file:
            data = file.read(self.size + 1)
        if len(data) != self.size:
            raise archives.damaged_inside(self.name.plain)
        return data


@dataclass(frozen=True)
class File:
    """A file of an upload, or of a zip in it; `place` says which files lie together."""

    name: EntryName
    opened: Opener
    size: int
    place: str
