"""A database that is locked, full, damaged or gone: what people are told, and what still works."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from ae_core.accounts import ownership
from ae_core.database import connection as database
from ae_core.database import failures
from ae_core.database.schema import ALLOWANCES
from ae_core.errors import UserError
from ae_core.training.runs import RunSpec
from tests.pages.app_pages import opened, words

SPEC = RunSpec("ae-2", "digits", steps=9, title="Mine")
OTHER_PAGES = ("reconstruct", "latent_space", "denoise", "compare", "codes", "models")


def path(home: Path) -> Path:
    return home / "explorer.sqlite"


def refused() -> str:
    """The sentence that a write is refused with."""
    with pytest.raises(UserError) as refusal:
        ownership.add(ownership.new_name("x"), ownership.CHECKPOINT, "ann", "X")
    return str(refusal.value)


def accepted() -> bool:
    ownership.add(ownership.new_name("x"), ownership.CHECKPOINT, "ann", "X")
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
    database._engine(database.url()).dispose()
    for each in home.glob("explorer.sqlite*"):
        each.unlink()
    assert "is made anew" in refused()
    assert accepted()


def test_a_server_that_does_not_answer_is_said_to_be_one_without_its_password() -> None:
    failure = OperationalError("", {}, Exception('connection to server at "db" failed: refused'))
    said = failures.sentence(failure, "postgresql+psycopg://me:secret@db.example/x", seconds=1.0)
    assert said.startswith("The database server db.example does not answer")
    assert "secret" not in said


@pytest.mark.usefixtures("fresh_caches")
@pytest.mark.parametrize("script", OTHER_PAGES)
def test_pages_show_what_is_everybodys_where_the_database_is_damaged(
    home: Path, script: str
) -> None:
    home.mkdir(parents=True)
    (home / "checkpoints" / "my-own").mkdir(parents=True)
    path(home).write_bytes(b"not a database" * 1000)
    app = opened(script)
    assert not app.exception
    assert "is not a database" in words(app)
    assert 'alt="' in words(app) or app.get("bidi_component")
    assert app.selectbox(key="model-box").value


@pytest.mark.usefixtures("fresh_caches")
@pytest.mark.parametrize("script", ["train", "image_sets"])
def test_pages_that_need_the_database_say_what_is_wrong_with_it(home: Path, script: str) -> None:
    home.mkdir(parents=True)
    path(home).write_bytes(b"not a database" * 1000)
    app = opened(script)
    assert not app.exception
    assert any("is not a database" in error.value for error in app.error)
