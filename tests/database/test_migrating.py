"""Databases of every version: brought to this one, whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ae_core.accounts import ownership
from ae_core.database import migrating
from ae_core.database.connection import reading
from ae_core.database.schema import METADATA
from ae_core.errors import UserError
from ae_core.jobs import access, states
from tests.people import TEACHER

BEFORE = Path(__file__).parents[1] / "data" / "home_before.zip"


def database(home: Path) -> Path:
    return home / "explorer.sqlite"


@pytest.fixture
def before(home: Path) -> Path:
    """The database of the version before there were migrations."""
    with ZipFile(BEFORE) as kept:
        kept.extract("explorer.sqlite", home)
    return database(home)


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


def differences() -> list[object]:
    with reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def test_a_new_database_has_the_tables_of_the_schema_and_the_last_migration(home: Path) -> None:
    assert access.everything(TEACHER) == []
    assert differences() == []
    assert f"INSERT INTO \"alembic_version\" VALUES('{migrating.HEAD}');" in dump(database(home))


def test_migrations_end_in_the_tables_of_the_schema(home: Path) -> None:
    home.mkdir(parents=True)
    with sqlite3.connect(database(home)) as connection:
        connection.execute("CREATE TABLE jobs_of_somebody (id INTEGER)")
    assert access.everything(TEACHER) == []
    with sqlite3.connect(database(home)) as connection:
        connection.execute("DROP TABLE jobs_of_somebody")
    assert differences() == []


def test_what_was_kept_is_there_after_the_migrations(before: Path) -> None:
    with sqlite3.connect(before) as connection:
        assert any("wish" in line for line in dump(before))
        connection.execute("UPDATE jobs SET state = 'thrown away' WHERE owner = 'cid'")
        connection.execute("UPDATE jobs SET wish = 'throw away' WHERE owner = 'bob'")
    jobs = {job.owner: job for job in access.everything(TEACHER)}
    assert (jobs["cid"].state, jobs["bob"].request) == (states.DISCARDED, states.DISCARD)
    assert (jobs["ann"].state, jobs["ann"].request) == (states.FINISHED, states.NONE)
    assert len(ownership.everything(TEACHER, ownership.CHECKPOINT)) == 4
    assert differences() == []


def test_a_migration_that_fails_leaves_the_database_as_it_was_and_says_so(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrating.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0099_breaks.py").write_text(
        "from alembic import op\n"
        "revision, down_revision = '0099', '0006'\n"
        "def upgrade():\n"
        "    op.execute('DELETE FROM events')\n"
        "    op.execute('ALTER TABLE answers RENAME COLUMN nothing TO something')\n"
    )
    monkeypatch.setattr(migrating, "FOLDER", folder)
    monkeypatch.setattr(migrating, "HEAD", "0099")
    kept = dump(before)
    with pytest.raises(UserError, match="It is as it was"):
        access.everything(TEACHER)
    assert dump(before) == kept


def test_a_database_of_a_later_version_is_left_alone(home: Path) -> None:
    access.everything(TEACHER)
    with sqlite3.connect(database(home)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    from ae_core.database import connection as opened

    opened._engine.cache_clear()
    with pytest.raises(UserError, match="A later version"):
        access.everything(TEACHER)
