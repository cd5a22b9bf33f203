"""A copy of the database beside it, from which it can be put back once it is damaged.

The worker makes one every few minutes, while others go on. That of a database server is the affair
of who runs it.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from ae_core.database import failures
from ae_core.database.connection import url
from ae_core.errors import UserError
from ae_core.storage import folders
from ae_core.texts import _

BESIDE = ("", "-wal", "-shm")
"""How the names of the files of a database end."""


def database() -> Path | None:
    """The file of the database; None where it is a server's."""
    address = make_url(url())
    is_file = address.get_backend_name() == "sqlite" and address.database
    return Path(str(address.database)) if is_file else None


def keep() -> None:
    """Put a copy of the database in the place of the former one, if it is whole.

    Raises:
        UserError: it is damaged.
        OSError: the disk does not take the copy.
    """
    path = database()
    if path is None or not path.is_file():
        return
    copy = failures.copy_of(path)
    with tempfile.TemporaryDirectory(folders.LEFT, f".{copy.name}-", path.parent) as hidden:
        made = Path(hidden) / copy.name
        try:
            with closing(sqlite3.connect(path)) as connection:
                (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                connection.execute("VACUUM INTO ?", [str(made)])
        except sqlite3.DatabaseError as failure:
            raise UserError(
                _("The database {place} could not be copied ({reason}).", place=path,
                  reason=str(failure))
            ) from failure  # fmt: skip
        if found != "ok":
            raise UserError(_("The database {place} is damaged ({reason}). The copy of it stays.",
                              place=path, reason=found))  # fmt: skip
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(copy)


def put_back() -> tuple[Path, Path]:
    """Put the copy in the place of the database, and give where the former one lies, and the copy.

    Raises:
        UserError: there is no copy.
        OSError: the disk does not take it.
    """
    path = database()
    copy = path and failures.copy_of(path)
    if path is None or copy is None or not copy.is_file():
        raise UserError(_("There is no copy of the database."))
    data = copy.read_bytes()
    former = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    for end in BESIDE:  # what is in them belongs to the former one
        if (file := Path(f"{path}{end}")).exists():
            file.rename(f"{former}{end}")
    folders.write_file(path, data)
    return former, copy
