"""Lessons that teachers bring: kept under the sha256 of the file, which is their name and link."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from ae_core.errors import DiskError, UserError
from ae_core.lessons import reading
from ae_core.lessons.lesson import Lesson
from ae_core.settings import settings
from ae_core.storage import folders
from ae_core.texts import _

NAME = re.compile("[0-9a-f]{64}")
MOST = 200
"""Lessons that a server keeps; then the oldest goes."""


def keep(data: bytes, file: str) -> Lesson:
    """Keep the file of a lesson, once it is read as one.

    Raises:
        UserError: it is no lesson, or the disk does not take it.
    """
    name = hashlib.sha256(data).hexdigest()
    lesson = reading.read(data, name, file)
    try:
        folders.write_file(_folder() / f"{name}.md", data)
        by_age = sorted(_folder().glob("*.md"), key=lambda path: path.stat().st_mtime)
        for path in by_age[:-MOST]:
            path.unlink(missing_ok=True)
    except OSError as failure:
        raise DiskError(_("The disk does not take the lesson. Try again later.")) from failure
    return lesson


def lesson(name: str) -> Lesson | None:
    """The lesson of that name, checked again; None where there is none.

    Raises:
        UserError: it cannot be read any more.
    """
    if not NAME.fullmatch(name):
        return None
    path = _folder() / f"{name}.md"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> Lesson:
    with path.open("rb") as file:
        data = file.read(reading.MOST_BYTES + 1)
    if hashlib.sha256(data).hexdigest() != path.stem:
        raise UserError(_("The lesson {name} was changed on the disk.", name=path.stem[:12]))
    return reading.read(data, path.stem, f"{path.stem[:12]}.md")


def _folder() -> Path:
    return settings().home / "lessons"
