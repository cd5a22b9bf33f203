"""What is requested of a run is called so, and what nobody wants is discarded, not thrown away."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Rename the column and its values."""
    op.execute("ALTER TABLE jobs RENAME COLUMN wish TO request")
    op.execute("UPDATE jobs SET request = 'discard' WHERE request = 'throw away'")
    op.execute("UPDATE jobs SET state = 'discarded' WHERE state = 'thrown away'")
