"""The table of analyses: what was asked of the background worker, how far it is, what is kept.

An answer is `waiting` until the worker takes it, `working` until it is `ready`, has `failed`, or
was `stopped` by who asked first. Whoever asks the same gets the same: it is kept in
AE_HOME/answers/<key>.safetensors.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from ae_core import analyses
from ae_core.accounts import limits, ownership
from ae_core.accounts.person import Person
from ae_core.analyses import Answer, Asked
from ae_core.database.connection import reading, writing
from ae_core.database.schema import ANSWERS
from ae_core.errors import UserError
from ae_core.jobs import waking
from ae_core.settings import settings
from ae_core.storage.folders import is_left, write_file
from ae_core.texts import _, from_json, ngettext, to_json

WAITING, WORKING, READY, FAILED, STOPPED = "waiting", "working", "ready", "failed", "stopped"

MOST_ATTEMPTS = 3
STALE_SECONDS = 86_400.0


@dataclass(frozen=True)
class Row:
    """One question. `owner` asked first.

    `words` say how far it is, or why it failed, in the language of who reads the row.
    """

    key: str
    kind: str
    asked: dict[str, Any]
    owner: str
    state: str
    share: float
    words: str
    attempts: int
    when: float
    started: float
    bytes: int


def path(key: str) -> Path:
    """The file of an answer."""
    return settings().home / "answers" / f"{key}.safetensors"


def find(person: Person, kind: str, asked: Asked) -> Row | None:
    """The row of a question, if anybody asked it.

    Raises:
        UserError: it is about what they may not see.
    """
    _check_sees(person, asked)
    return _get(analyses.key_of(kind, asked))


def get(person: Person, key: str) -> Row | None:
    """The row of that key.

    Raises:
        UserError: it is about what they may not see.
    """
    if (row := _get(key)) is not None:
        _check_sees(person, row.asked)
    return row


def ask(person: Person, kind: str, asked: Asked) -> Row:
    """Ask a question, or join those who asked it before; what failed or was stopped is asked again.

    Raises:
        UserError: it is about what they may not see; or one person, or all together, have too many
            under way: which limit.
    """
    _check_sees(person, asked)
    key = analyses.key_of(kind, asked)
    is_whole = _read(key) is not None
    with writing() as connection:
        state = connection.scalar(select(ANSWERS.c.state).where(ANSWERS.c.key == key))
        if state not in (WAITING, WORKING) and not (state == READY and is_whole):
            _check_room(connection, person)
            connection.execute(delete(ANSWERS).where(ANSWERS.c.key == key))
            connection.execute(
                insert(ANSWERS).values(
                    key=key, kind=kind, asked=json.dumps(asked), owner=person.id, state=WAITING,
                    when=time.time(),
                )
            )  # fmt: skip
    waking.wake()
    row = _get(key)
    assert row is not None
    return row


def _check_sees(person: Person, asked: Asked) -> None:
    """Let those pass who may see everything that a question is about.

    Raises:
        UserError: something is not here, or not theirs to see.
    """
    names = set(filter(ownership.is_private, _texts(asked)))
    if names - ownership.visible(person, names):
        raise UserError(_("What this is about is not here, or is not shared any more."))


def _texts(values: Any) -> Iterator[str]:
    """All texts in JSON values."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, (list, tuple, Mapping)):
        for each in values.values() if isinstance(values, Mapping) else values:
            yield from _texts(each)


def _check_room(connection: Connection, person: Person) -> None:
    """Over the limit of one person, stop the oldest question of theirs that still waits.

    Pages that somebody left go on waiting, and show no button to stop what they asked.
    """
    allowed = limits.limits()
    under_way = select(func.count()).where(ANSWERS.c.state.in_((WAITING, WORKING)))
    if (count := connection.scalar(under_way.where(ANSWERS.c.owner == person.id)) or 0) >= (
        most := allowed.answers_waiting
    ):
        waiting = (ANSWERS.c.owner == person.id) & (ANSWERS.c.state == WAITING)
        oldest = select(ANSWERS.c.key).where(waiting).order_by(ANSWERS.c.when).limit(1)
        if (key := connection.scalar(oldest)) is None:
            raise limits.over(
                "answers_waiting", most,
                ngettext(
                    "You have {count:,} computation under way. Wait for one, or stop one.",
                    "You have {count:,} computations under way. Wait for one, or stop one.",
                    count,
                ),
            )  # fmt: skip
        # Stopped and not deleted: a page that shows it would ask it again, and drop the next.
        connection.execute(update(ANSWERS).where(ANSWERS.c.key == key).values(state=STOPPED))
    if (count := connection.scalar(under_way) or 0) >= (most := allowed.answers_waiting_in_all):
        raise limits.over(
            "answers_waiting_in_all", most,
            ngettext(
                "This server has {count:,} computation under way. Try again later.",
                "This server has {count:,} computations under way. Try again later.",
                count,
            ),
        )  # fmt: skip


def stop(person: Person, key: str) -> None:
    """Stop a question; only who asked first can, or a teacher.

    Raises:
        UserError: somebody else asked first.
    """
    if (row := _get(key)) is None:
        return
    person.check_owns(row.owner, or_teaches=True)
    with writing() as connection:
        connection.execute(
            update(ANSWERS)
            .where(ANSWERS.c.key == key, ANSWERS.c.state.in_((WAITING, WORKING)))
            .values(state=STOPPED, words="")
        )


def claim() -> Row | None:
    """Take the next question in turn.

    People take turns: whoever has nothing under way comes first, then who was served longest ago.
    Of each person's the latest comes first: it is what they look at now.
    """
    waiting = ANSWERS.c.state == WAITING
    with writing() as connection:
        rows = connection.execute(select(ANSWERS.c.key, ANSWERS.c.owner).where(waiting).order_by(
            ANSWERS.c.when.desc()
        )).all()  # fmt: skip
        if not rows:
            return None
        at_work = func.sum(case((ANSWERS.c.state == WORKING, 1), else_=0))
        served = {
            owner: (busy, started)
            for owner, busy, started in connection.execute(
                select(ANSWERS.c.owner, at_work, func.max(ANSWERS.c.started)).group_by(
                    ANSWERS.c.owner
                )
            )
        }
        # Reversed, so that among equals who asked first is served first.
        latest = {owner: key for key, owner in reversed(rows)}
        key = latest[min(latest, key=served.__getitem__)]
        connection.execute(
            update(ANSWERS)
            .where(ANSWERS.c.key == key)
            .values(state=WORKING, started=time.time(), attempts=ANSWERS.c.attempts + 1)
        )
    return _get(key)


def advance(key: str, share: float, words: str) -> None:
    """Record how far it is."""
    _change_working(key, share=share, words=to_json(words))


def keep(key: str, answer: Answer) -> None:
    """Save the answer; from now on it is ready.

    Raises:
        OSError: the disk does not take it.
    """
    data = answer.to_bytes()
    write_file(path(key), data)
    ready = {"state": READY, "share": 1.0, "words": "", "bytes": len(data), "when": time.time()}
    if not _change_working(key, **ready):  # nobody wants it any more
        path(key).unlink(missing_ok=True)


def fail(key: str, reason: str) -> None:
    """Record that there is no answer, and why."""
    _change_working(key, state=FAILED, words=to_json(reason))


def interrupted(row: Row) -> None:
    """The process that worked on it is gone: try again, unless that has happened too often."""
    if row.attempts >= MOST_ATTEMPTS:
        fail(row.key, _("The computation ended without a word, three times. Ask for less at once."))
    else:
        _change_working(row.key, state=WAITING, share=0.0, words="")


def is_wanted(key: str) -> bool:
    """Whether it is under way, and nobody has stopped it."""
    row = _get(key)
    return row is not None and row.state == WORKING


def under_way() -> tuple[int, list[Row]]:
    """How many questions wait, and those that the table says are being answered."""
    found = _found(select(ANSWERS).where(ANSWERS.c.state.in_((WAITING, WORKING))))
    working = [row for row in found if row.state == WORKING]
    return len(found) - len(working), working


def read(person: Person, key: str) -> Answer | None:
    """The answer itself, if its file is there and whole.

    Raises:
        UserError: it is about what they may not see.
    """
    return _read(key) if get(person, key) else None


def _read(key: str) -> Answer | None:
    try:
        return analyses.from_bytes(path(key).read_bytes())
    except (OSError, ValueError):
        return None


def sweep() -> None:
    """Delete the oldest answers where all together exceed the limit, stale rows and stray files."""
    most = limits.limits().megabytes_of_answers * 10**6
    kept = 0
    for row in _found(select(ANSWERS).order_by(ANSWERS.c.when.desc())):
        kept += row.bytes
        over = kept > most and row.state not in (WAITING, WORKING)
        stale = row.state in (FAILED, STOPPED) and time.time() - row.when > STALE_SECONDS
        if over or stale:
            with writing() as connection:
                connection.execute(delete(ANSWERS).where(ANSWERS.c.key == row.key))
    files = [file for file in path("").parent.glob("*") if not is_left(file)]
    known = {row.key for row in _found(select(ANSWERS).where(ANSWERS.c.state != STOPPED))}
    for file in files:  # listed before the rows, so that what is saved meanwhile stays
        if file.stem not in known:
            file.unlink(missing_ok=True)


def _change_working(key: str, **values: Any) -> bool:
    """Change a row that is under way; whether it still was."""
    with writing() as connection:
        row = (ANSWERS.c.key == key) & (ANSWERS.c.state == WORKING)
        return bool(connection.execute(update(ANSWERS).where(row).values(**values)).rowcount)


def _get(key: str) -> Row | None:
    return next(iter(_found(select(ANSWERS).where(ANSWERS.c.key == key))), None)


def _found(chosen: Any) -> list[Row]:
    with reading() as connection:
        rows = connection.execute(chosen).mappings()
        return [
            Row(**{**row, "asked": json.loads(row["asked"]), "words": from_json(row["words"])})
            for row in rows
        ]
