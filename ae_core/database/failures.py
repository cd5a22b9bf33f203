"""What is wrong with the database, in a sentence that is true of the engine, and what to do."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

SENTENCES = {
    "locked": "The database is busy: something else has kept it locked for {seconds:.0f} s. Try"
    " again in a moment.",
    "full": "There is no room on the disk for the database. Make room; what is kept stays.",
    "malformed": "The database {place} is damaged. Stop the app, and put a copy of it back or move"
    " it away: who owns what is in it, models and images are not.",
    "not a database": "The file {place} is not a database. Move it away, and start the app again.",
    "readonly": "The database {place} cannot be written. Let the app write there, or choose another"
    " AE_HOME.",
    "unable to open": "The database {place} cannot be opened. Let the app read and write there, or"
    " choose another AE_HOME.",
    "no such table": "The database {place} was removed while the app ran. It is made anew: load the"
    " page again.",
    "disk i/o": "The disk does not read or write the database {place}. Look at the disk.",
}
"""By what SQLite says."""

NO_ANSWER = (
    "The database server {place} does not answer. Nothing is lost: what needs it goes on once it is"
    " back."
)
OTHERWISE = "The database {place} cannot be used: {failure}."


def sentence(failure: DBAPIError, address: str, *, seconds: float) -> str:
    """What to tell people; `seconds` is how long a lock was waited for."""
    url = make_url(address)
    said = str(failure.orig)
    is_file = url.get_backend_name() == "sqlite"
    place = url.database if is_file else f"{url.host or 'on this machine'}"
    found = next((text for words, text in SENTENCES.items() if words in said.lower()), OTHERWISE)
    if not is_file:
        found = NO_ANSWER if failure.connection_invalidated or _no_connection(said) else OTHERWISE
    return found.format(place=place, seconds=seconds, failure=said.splitlines()[0][:200])


def is_gone(failure: DBAPIError) -> bool:
    """Whether the tables are gone that were there when the database was opened."""
    return "no such table" in str(failure.orig).lower()


def _no_connection(said: str) -> bool:
    """Whether a driver of PostgreSQL says that there is no connection."""
    words = ("connection", "could not translate host", "server closed", "timeout")
    return any(each in said.lower() for each in words)
