"""The database of owners, jobs and analyses: SQLite, or what `AE_DATABASE_URL` names."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy import exc as problems

from ae_core.database import failures, migrating
from ae_core.errors import UserError
from ae_core.settings import DATABASE_URL, settings
from ae_core.texts import _

BUSY_MS = 10_000
"""How long a write waits for another one."""

FIND_SECONDS = 5
"""How long a database server may take to answer at all."""

LOCK = "SELECT pg_advisory_xact_lock(7391)"
"""Lets one transaction write at a time, on PostgreSQL."""

_OPENING = threading.Lock()
_OPENED: WeakSet[Engine] = WeakSet()


def url() -> str:
    """The address of the database."""
    return DATABASE_URL.value or f"sqlite:///{settings().home / 'explorer.sqlite'}"


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection that reads one consistent state of the database.

    Raises:
        UserError: the database cannot be opened.
    """
    with _connection(writes=False) as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction of the only writer: all of it is committed, or nothing.

    Raises:
        UserError: the database cannot be written.
    """
    with _connection(writes=True) as connection:
        yield connection


@contextmanager
def _connection(*, writes: bool) -> Iterator[Connection]:
    engine: Engine | None = None
    try:
        with _OPENING:
            engine = _engine(url())
        with engine.execution_options(writes=writes).begin() as connection:
            yield connection
    except (json.JSONDecodeError, UnicodeDecodeError) as failure:  # of what a row holds
        raise UserError(failures.damaged(url())) from failure
    except problems.TimeoutError as failure:  # of the pool: all connections are in use
        raise UserError(_(failures.BUSY, seconds=BUSY_MS / 1000)) from failure
    except problems.DBAPIError as failure:
        if failures.is_ours(failure):
            raise
        if failures.is_gone(failure) or failures.is_damage(failure):
            _engine.cache_clear()  # the next connection makes the tables, or finds it mended
            if engine is not None:
                engine.dispose()
        said = failures.sentence(failure, url(), seconds=BUSY_MS / 1000)
        raise UserError(said) from failure


@cache
def _engine(address: str) -> Engine:
    """The engine, with the tables of this version."""
    is_file = address.startswith("sqlite")
    if is_file:
        try:
            settings().home.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise UserError(
                _(
                    "The folder {folder} cannot be made ({reason}). Let the app write there, or"
                    " choose another AE_HOME.",
                    folder=settings().home,
                    reason=failure.strerror,
                )
            ) from failure
    try:
        engine = create_engine(address, **({} if is_file else _of_server(address)))
    except (problems.ArgumentError, ImportError) as failure:
        raise UserError(
            _("AE_DATABASE_URL cannot be used: {reason}.", reason=str(failure))
        ) from failure
    event.listen(engine, "begin", _begin)
    if is_file:
        path = Path(str(engine.url.database))
        event.listen(engine, "connect", partial(_prepare, path))
        event.listen(engine, "checkout", partial(_check_file, path))
    try:
        with engine.execution_options(writes=True).begin() as connection:
            migrating.upgrade(connection)
    except BaseException:
        engine.dispose()
        raise
    _OPENED.add(engine)
    return engine


def _leave_to_the_parent() -> None:
    """What a fork inherits is its parent's: neither used there nor closed."""
    global _OPENING
    _OPENING = threading.Lock()
    for engine in _OPENED:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_to_the_parent)


def _of_server(address: str) -> dict[str, Any]:
    """How a database server is spoken to; it may be restarted, and keep a lock for ever."""
    own = make_url(address).query.get("options", "")
    options = f"{own} -c lock_timeout={BUSY_MS}".lstrip()
    return {
        "pool_pre_ping": True,
        "connect_args": {"connect_timeout": FIND_SECONDS, "options": options},
    }


def _prepare(path: Path, connection: sqlite3.Connection, record: Any) -> None:
    """Set SQLite up for many readers beside one writer, durably.

    Raises:
        sqlite3.DatabaseError: the file was emptied: to SQLite it is a new one, which others lock.
    """
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size and not path.stat().st_size:
        raise sqlite3.DatabaseError("database disk image is malformed")
    connection.isolation_level = None  # transactions begin in `_begin` alone
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    end = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as failure:  # which waits for nobody by itself
            if "locked" not in str(failure) or time.monotonic() > end:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous=FULL")
    record.info["file"] = _file(path)


def _check_file(path: Path, _: Any, record: Any, __: Any) -> None:
    """Leave a connection to a file that was removed, or replaced: what it writes is lost."""
    if record.info.get("file") != _file(path):
        raise problems.DisconnectionError


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(LOCK)
