"""What Alembic runs for each migration: on the connection that it is given."""

from alembic import context

from ae_core.database.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
