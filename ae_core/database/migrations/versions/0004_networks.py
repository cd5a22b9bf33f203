"""From which network a run was asked for, so that free cookies do not fill the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it."""
    op.add_column("jobs", sa.Column("network", sa.String(32), nullable=False, server_default=""))
