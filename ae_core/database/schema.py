"""The tables of the database, all of them. A change here needs a migration: see `migrations`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

MAX_TITLE = 60

BELONGINGS = Table(
    "belongings",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("owner", String(64), nullable=False, index=True),
    Column("title", String(MAX_TITLE), nullable=False),
    Column("shared", Boolean, nullable=False, default=False),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("made", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("expired", Float),
)
"""Who owns which checkpoint, classifier and image set. Times are seconds since 1970, but for when
it was marked as expired, which is by `clock`."""

CLOCK = Table(
    "clock",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wall", Float, nullable=False),
    Column("now", Float, nullable=False),
    Column("jumped", Float, nullable=False),
)
"""The clock of `clock.py`, in one row: what the one on the wall said when somebody last looked, its
own time then, and its own time when the other one has jumped last."""

ALLOWANCES = Table(
    "allowances",
    METADATA,
    Column("owner", String(64), primary_key=True),
    Column("limit", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)
"""The limits that a teacher has changed for one person."""

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), unique=True, nullable=False),
    Column("owner", String(64), nullable=False, index=True),
    Column("spec", Text, nullable=False),
    Column("on", String(8), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("request", String(16), nullable=False, default=""),
    Column("submitted", Float, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("attempts", Integer, nullable=False, default=0),
    Column("step", Integer, nullable=False, default=0),
    Column("progress", Text, nullable=False, default="{}"),
    Column("message", Text, nullable=False, default=""),
    Column("network", String(32), nullable=False, default="", server_default=""),
    Column("controls", Text, nullable=False, default="{}", server_default="{}"),
)
"""The runs that people asked for; `network` is a mark, from which no address can be told,
`controls` are those of `jobs.states.Controls`."""

EVENTS = Table(
    "events",
    METADATA,
    Column("job", Integer, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("values", Text, nullable=False),
)
"""What each run reported, by its step."""

ANSWERS = Table(
    "answers",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("asked", Text, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("share", Float, nullable=False, default=0.0),
    Column("words", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("when", Float, nullable=False),
    Column("started", Float, nullable=False, default=0.0),
    Column("bytes", Integer, nullable=False, default=0),
)
"""The analyses that people asked for."""

CLASSES = Table(
    "classes",
    METADATA,
    Column("code", String(8), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("ends", Float, nullable=False),
    Column("follows", Boolean, nullable=False, default=False),
    Column("restricted", Boolean, nullable=False, default=False),
    Column("turn", Integer, nullable=False, default=0),
    Column("stage", Text, nullable=False, default="{}"),
    Column("asks", Text, nullable=False, default="{}"),
)
"""The classes that are open: whose they are, when they end by `clock`, what every screen is to
show, its number, and the question that is asked."""

MEMBERS = Table(
    "members",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("code", String(8), nullable=False, index=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("nickname", String(32), nullable=False),
    Column("step", String(64), nullable=False, default=""),
    Column("out", Boolean, nullable=False, default=False),
)
"""Who is in a class, under which name, and at which step; `out` is who was sent out."""

CLASS_ANSWERS = Table(
    "class_answers",
    METADATA,
    Column("member", Integer, primary_key=True, autoincrement=False),
    Column("question", String(64), primary_key=True),
    Column("code", String(8), nullable=False, index=True),
    Column("value", Text, nullable=False),
    Column("hidden", Boolean, nullable=False, default=False),
)
"""What each member of a class has last answered to a question, as JSON; `hidden` from the wall."""

CLASS_PICTURES = Table(
    "class_pictures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("code", String(8), nullable=False, index=True),
    Column("member", Integer, nullable=False),
    Column("label", String(40), nullable=False),
    Column("picture", LargeBinary, nullable=False),
)
"""The pictures that the members of a class have brought for a set of all, as PNG."""
