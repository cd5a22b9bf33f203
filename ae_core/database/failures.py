"""What is wrong with the database, in a sentence that is true of the engine, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from ae_core.texts import N_, Text, _

BUSY = N_(
    "The database is busy: something else has kept it locked for {seconds:.0f} s. Try again in a"
    " moment."
)
GONE = N_("The tables of the database {place} were removed while the app ran. Load the page again.")
FULL = N_("There is no room on the disk for the database. Make room; what is kept stays.")
DAMAGED = N_(
    "The database {place} is damaged: who owns what is in it, models and images are not. Put a copy"
    " of it back or move it away; the app then goes on by itself."
)
OTHERWISE = N_("The database {place} cannot be used: {reason}.")

OF_SQLITE = {
    "locked": BUSY,
    "full": FULL,
    "malformed": DAMAGED,
    "not a database": N_(
        "The file {place} is not a database. Put a copy of it back or move it away; the app then"
        " goes on by itself."
    ),
    "readonly": N_(
        "The database {place} cannot be written. Let the app write there, or choose another"
        " AE_HOME."
    ),
    "unable to open": N_(
        "The database {place} cannot be opened. Let the app read and write there, or choose another"
        " AE_HOME."
    ),
    "could not decode to utf-8": DAMAGED,
    "no such table": GONE,
    "disk i/o": N_("The disk does not read or write the database {place}. Look at the disk."),
}
"""By what it says."""

OF_DAMAGE = ("malformed", "not a database", "could not decode to utf-8")
RESTORE = N_(
    "The database {place} is damaged, or was removed: who owns what is in it, models and images are"
    " not. There is a copy of {time}: `python -m ae_core restore` puts it back, and the app goes on"
    " by itself. To begin anew, move that copy away, too."
)

NO_ANSWER = N_(
    "The database server {place} does not answer. Nothing is lost: what needs it goes on once it is"
    " back."
)
REFUSED = N_("The database server {place} refuses: {reason}. Look at AE_DATABASE_URL.")
OF_POSTGRESQL = {
    "08": NO_ANSWER, "57P": NO_ANSWER,
    "28": REFUSED, "3D": REFUSED, "3F": REFUSED, "42501": REFUSED,
    "42P01": GONE, "53100": FULL, "55P03": BUSY, "57014": BUSY,
}  # fmt: skip
"""By how its error codes begin: https://www.postgresql.org/docs/current/errcodes-appendix.html"""

REFUSALS = ("authentication failed", "does not exist", "permission denied", "no pg_hba.conf entry")
"""What a server says that refuses a connection, for which drivers give no code."""


def sentence(failure: DBAPIError, address: str, *, seconds: float) -> Text:
    """What to tell people; `seconds` is how long a lock was waited for."""
    url = make_url(address)
    said = str(failure.orig)
    if url.get_backend_name() == "sqlite":
        place = str(url.database)
        if is_damage(failure) and has_copy(address):
            return damaged(address)
        found = next(
            (text for words, text in OF_SQLITE.items() if words in said.lower()), OTHERWISE
        )
    else:
        place = url.host or _("on this machine")
        code = _code(failure)
        refused = any(words in said.lower() for words in REFUSALS)
        by_code = (text for begin, text in OF_POSTGRESQL.items() if code.startswith(begin))
        found = next(by_code, OTHERWISE) if code else REFUSED if refused else NO_ANSWER
    return _(found, place=place, seconds=seconds, reason=said.partition("\n")[0][:200])


def has_copy(address: str) -> bool:
    """Whether there is a copy of the database at this address."""
    url = make_url(address)
    return url.get_backend_name() == "sqlite" and copy_of(Path(str(url.database))).is_file()


def damaged(address: str) -> Text:
    """What to tell people of a database that holds what it should not."""
    place = str(make_url(address).database)
    try:
        then = copy_of(Path(place)).stat().st_mtime
    except OSError:
        return _(DAMAGED, place=place)
    time = f"{datetime.fromtimestamp(then, UTC):%Y-%m-%d %H:%M} UTC"
    return _(RESTORE, place=place, time=time)


def is_ours(failure: DBAPIError) -> bool:
    """Whether only a mistake of ours can cause it."""
    if isinstance(failure, ProgrammingError):
        return not (is_known(failure) or is_gone(failure))
    return isinstance(failure, IntegrityError)


def is_known(failure: DBAPIError) -> bool:
    """Whether it is of the disk, of a lock or of the connection, and not of what was asked."""
    code, said = _code(failure), str(failure.orig).lower()
    of_server = code and code.startswith(tuple(OF_POSTGRESQL))
    return bool(of_server or any(words in said for words in OF_SQLITE)) and not is_gone(failure)


def is_gone(failure: DBAPIError) -> bool:
    """Whether the tables are gone that were there when the database was opened."""
    return "no such table" in str(failure.orig).lower() or _code(failure) == "42P01"


def is_damage(failure: DBAPIError) -> bool:
    """Whether the file of the database holds what it should not."""
    return any(words in str(failure.orig).lower() for words in OF_DAMAGE)


def copy_of(path: Path) -> Path:
    """Where the copy of a database lies."""
    return path.with_name(f"{path.name}.copy")


def _code(failure: DBAPIError) -> str:
    """The error code of PostgreSQL; empty where there is no connection, or another engine."""
    return getattr(failure.orig, "sqlstate", None) or ""
