"""The files of one upload in one temporary file, one behind the other: they may be read again."""

from __future__ import annotations

import io
import os
import shutil
import weakref
from collections.abc import Iterable
from io import BufferedIOBase
from typing import NamedTuple

from ae_core.uploads.collection import no_room, spool


class Part(NamedTuple):
    """Where one of the files lies, by the name that a person sees."""

    name: str
    start: int
    size: int


class Bundle:
    """Copies of these files, by their names; they are gone with it.

    Raises:
        UserError: the disk does not take them.
    """

    def __init__(self, files: Iterable[tuple[str, BufferedIOBase]]) -> None:
        self._file = spool()
        weakref.finalize(self, self._file.close)
        self.parts: list[Part] = []
        for name, file in files:
            start = self._file.tell()
            file.seek(0)
            try:
                shutil.copyfileobj(file, self._file)
                self._file.flush()
            except OSError as failure:
                raise no_room(failure) from failure
            self.parts.append(Part(name, start, self._file.tell() - start))

    @property
    def size(self) -> int:
        """Of all files, in bytes."""
        return sum(part.size for part in self.parts)

    def fileno(self) -> int:
        """The descriptor of the temporary file."""
        return self._file.fileno()


def opened(descriptor: int, part: Part) -> BufferedIOBase:
    """One of the files of a bundle, of which the descriptor was handed over."""
    return io.BufferedReader(_Section(descriptor, part))


class _Section(io.RawIOBase):
    def __init__(self, descriptor: int, part: Part) -> None:
        self.descriptor, self.part, self.place = descriptor, part, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.part.size}[whence]
        if origin + offset < 0:
            raise ValueError("before the beginning of the file")
        self.place = origin + offset
        return self.place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), max(0, self.part.size - self.place))
        data = os.pread(self.descriptor, size, self.part.start + self.place)
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)
