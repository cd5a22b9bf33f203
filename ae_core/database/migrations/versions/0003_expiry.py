"""What has expired is marked before it is deleted, by a clock that does not jump."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the mark, and the clock."""
    op.add_column("belongings", sa.Column("expired", sa.Float()))
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("wall", sa.Float(), nullable=False),
        sa.Column("now", sa.Float(), nullable=False),
        sa.Column("jumped", sa.Float(), nullable=False),
    )
