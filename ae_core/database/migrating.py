"""Brings a database to the tables of this version, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from ae_core.database import failures
from ae_core.database.schema import METADATA
from ae_core.errors import UserError
from ae_core.texts import _

FOLDER = Path(__file__).with_name("migrations")
HEAD = max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("0*.py"))
"""The last migration."""


def upgrade(connection: Connection) -> None:
    """Make the tables, or change those of an earlier version, in the transaction that is open.

    Raises:
        UserError: it is of a later version, or is empty and there is a copy of it, or a change
            failed: then all is as it was.
    """
    tables = inspect(connection).get_table_names()
    now = ""
    if "alembic_version" in tables:
        now = str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    if now == HEAD:
        return
    if now > HEAD:
        raise UserError(
            _(
                "A later version of this app has used this database. Use that version, or another"
                " AE_HOME."
            )
        )
    address = str(connection.engine.url)
    if not tables and failures.has_copy(address):
        raise UserError(failures.damaged(address))
    if not tables:  # as after all migrations, and without loading Alembic
        METADATA.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        return
    _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except Exception as failure:
        if isinstance(failure, DBAPIError) and failures.is_known(failure):
            raise
        raise UserError(
            _(
                "The database could not be brought to this version: {kind} ({reason}). It is as it"
                " was. Use the version before, and report this.",
                kind=type(failure).__name__,
                reason=str(failure).partition("\n")[0],
            )
        ) from failure
