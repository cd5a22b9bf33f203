"""A class: who teaches it, who is in it, what they answer and which pictures they bring."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "classes",
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False, index=True),
        sa.Column("ends", sa.Float, nullable=False),
        sa.Column("follows", sa.Boolean, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("asks", sa.Text, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(8), nullable=False, index=True),
        sa.Column("owner", sa.String(64), nullable=False, index=True),
        sa.Column("nickname", sa.String(32), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("out", sa.Boolean, nullable=False),
    )
    op.create_table(
        "class_answers",
        sa.Column("member", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(8), nullable=False, index=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
    )
    op.create_table(
        "class_pictures",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(8), nullable=False, index=True),
        sa.Column("member", sa.Integer, nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("picture", sa.LargeBinary, nullable=False),
    )
