"""A database that is locked, full, damaged or gone: what people are told, and what still works."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from ae_core.accounts import ownership
from ae_core.database import connection as database
from ae_core.database import failures
from ae_core.database.schema import ALLOWANCES
from ae_core.errors import UserError
from tests.conftest import ROOT
from tests.people import ANN


def path(home: Path) -> Path:
    return home / "explorer.sqlite"


def refused() -> str:
    """The sentence that a write is refused with."""
    with pytest.raises(UserError) as refusal:
        ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    return str(refusal.value)


def accepted() -> bool:
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    return True


def test_a_lock_that_is_held_is_said_to_be_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 50)
    assert accepted()
    with sqlite3.connect(path(home), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refused().startswith("The database is busy")
        other.execute("ROLLBACK")
    assert accepted()


def test_a_full_disk_is_said_to_be_one(home: Path) -> None:
    assert accepted()
    rows = [{"owner": f"{number:060}", "limit": "seconds", "value": 1} for number in range(2000)]
    with database._engine(database.url()).connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OperationalError) as full:
            connection.execute(ALLOWANCES.insert(), rows)
        connection.rollback()
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    said = failures.sentence(full.value, database.url(), seconds=1.0)
    assert said.startswith("There is no room on the disk")


@pytest.mark.parametrize(
    "garbage", [b"not a database" * 1000, b"SQLite format 3\x00" + b"\xff" * 9999]
)
def test_a_damaged_file_is_named_and_left_alone(home: Path, garbage: bytes) -> None:
    home.mkdir(parents=True)
    path(home).write_bytes(garbage)
    said = refused()
    assert str(path(home)) in said
    assert "is damaged" in said or "is not a database" in said
    assert path(home).read_bytes() == garbage


def test_a_file_that_cannot_be_opened_is_named(home: Path) -> None:
    path(home).mkdir(parents=True)
    assert "cannot be opened" in refused()
    path(home).rmdir()
    assert accepted()


def test_a_database_that_was_removed_is_made_anew(home: Path) -> None:
    assert accepted()
    for each in home.glob("explorer.sqlite*"):
        each.unlink()
    assert "were removed" in refused()
    assert accepted()
    assert path(home).exists()


class RefusedError(Exception):
    """What a driver of PostgreSQL raises."""

    def __init__(self, sqlstate: str | None, said: str) -> None:
        super().__init__(said)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("code", "said", "told"),
    [
        (None, "connection failed: Connection refused", "does not answer"),
        (None, "", "does not answer"),
        ("08006", "server closed the connection", "does not answer"),
        ("57P01", "terminating connection due to administrator command", "does not answer"),
        (None, 'FATAL: password authentication failed for user "me"', "refuses: FATAL: password"),
        (None, 'FATAL: database "x" does not exist', "refuses: FATAL: database"),
        ("42501", "permission denied for schema public", "refuses: permission denied"),
        ("42P01", 'relation "jobs" does not exist', "were removed"),
        ("53100", "could not extend file: No space left on device", "no room on the disk"),
        ("55P03", "canceling statement due to lock timeout", "is busy"),
        ("XX000", "something else", "cannot be used: something else"),
    ],
)
def test_what_a_server_says_is_told_apart_and_its_password_stays(
    code: str | None, said: str, told: str
) -> None:
    failure = OperationalError("", {}, RefusedError(code, said))
    sentence = failures.sentence(failure, "postgresql://me:secret@db.example/x", seconds=1.0)
    assert told in sentence
    assert "secret" not in sentence


def test_only_mistakes_of_ours_are_tracebacks() -> None:
    assert failures.is_ours(ProgrammingError("", {}, RefusedError("42601", "syntax error")))
    assert failures.is_ours(IntegrityError("", {}, RefusedError("23505", "duplicate key")))
    assert not failures.is_ours(
        ProgrammingError("", {}, RefusedError("42501", "permission denied"))
    )


@pytest.mark.parametrize("address", ["nonsense", "nosuchengine://x", "postgresql+nosuchdriver://x"])
def test_an_address_that_is_none_is_said_to_be_one(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_DATABASE_URL", address)
    assert "AE_DATABASE_URL cannot be used" in refused()


def test_a_database_that_cannot_be_opened_leaves_nothing_behind(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "explorer.sqlite").write_text("no database")
    before = set(database._OPENED)  # of other tests
    for __ in range(5):
        refused()
    assert set(database._OPENED) <= before


def test_many_processes_may_open_a_new_database_at_once(home: Path) -> None:
    script = "from ae_core.jobs import table; print(table.running())"
    places = {**os.environ, "AE_HOME": str(home)}
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, env=places, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for _ in range(6)
    ]  # fmt: skip
    assert {process.communicate()[0].strip() for process in asked} == {"[]"}
