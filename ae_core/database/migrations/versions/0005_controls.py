"""What a person wants of a run on its way: other values, slow motion, single steps."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add it."""
    op.add_column("jobs", sa.Column("controls", sa.Text, nullable=False, server_default="{}"))
