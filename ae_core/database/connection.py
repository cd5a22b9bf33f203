"""The database of owners, jobs and analyses: SQLite, or what `AE_DATABASE_URL` names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from ae_core.database import failures, migrating
from ae_core.errors import UserError
from ae_core.settings import DATABASE_URL, settings

BUSY_MS = 10_000
"""How long a write waits for another one."""


LOCK = "SELECT pg_advisory_xact_lock(7391)"
"""Lets one transaction write at a time, on PostgreSQL."""


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
    try:
        with _engine(url()).execution_options(writes=writes).begin() as connection:
            if writes and connection.dialect.name == "postgresql":
                connection.execute(text(LOCK))
            yield connection
    except (IntegrityError, ProgrammingError):
        raise  # which only we can cause
    except DBAPIError as failure:
        if failures.is_gone(failure):
            _engine.cache_clear()  # the next connection makes the tables
        said = failures.sentence(failure, url(), seconds=BUSY_MS / 1000)
        raise UserError(said) from failure


@cache
def _engine(address: str) -> Engine:
    """The engine, with the tables of this version."""
    if address.startswith("sqlite"):
        settings().home.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(LOCK))
        migrating.upgrade(connection)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    """Set SQLite up for many readers beside one writer, durably."""
    connection.isolation_level = None  # transactions begin in `_begin` alone
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
