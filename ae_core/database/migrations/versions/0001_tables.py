"""The tables as they were before there were migrations; one that is there already stays.

Every process made those that it knew, so that not all of them need to be there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and their indices."""
    text, number, short = sa.Text(), sa.Float(), sa.String(16)
    name = sa.String(64)
    op.create_table(
        "belongings",
        sa.Column("name", name, primary_key=True),
        sa.Column("kind", short, nullable=False),
        sa.Column("owner", name, nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("made", number, nullable=False),
        sa.Column("expires", number, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "allowances",
        sa.Column("owner", name, primary_key=True),
        sa.Column("limit", sa.String(32), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", name, unique=True, nullable=False),
        sa.Column("owner", name, nullable=False),
        sa.Column("spec", text, nullable=False),
        sa.Column("on", sa.String(8), nullable=False),
        sa.Column("state", short, nullable=False),
        sa.Column("wish", short, nullable=False),
        sa.Column("submitted", number, nullable=False),
        sa.Column("started", number),
        sa.Column("ended", number),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("progress", text, nullable=False),
        sa.Column("message", text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "events",
        sa.Column("job", sa.Integer(), primary_key=True),
        sa.Column("step", sa.Integer(), primary_key=True),
        sa.Column("values", text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "answers",
        sa.Column("key", name, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("asked", text, nullable=False),
        sa.Column("owner", name, nullable=False),
        sa.Column("state", short, nullable=False),
        sa.Column("share", number, nullable=False),
        sa.Column("words", text, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("when", number, nullable=False),
        sa.Column("started", number, nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        if_not_exists=True,
    )
    indices = {"belongings": ["owner"], "jobs": ["owner", "state"], "answers": ["state"]}
    for table, columns in indices.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
