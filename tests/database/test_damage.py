"""A database that is garbled, emptied or removed under the app is named, and put back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ae_core.accounts import ownership
from ae_core.database import copies
from ae_core.errors import UserError
from ae_core.jobs import access, sweeping, table
from tests.database import servers
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, BOB, TEACHER


def path(home: Path) -> Path:
    return home / "explorer.sqlite"


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def removed(path: Path) -> None:
    for each in path.parent.glob("explorer.sqlite*"):
        if each.suffix != ".copy":
            each.unlink()


def replaced(path: Path) -> None:
    """By one without our tables."""
    removed(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("damage", [overwritten, emptied, removed, replaced])
def test_what_was_damaged_is_named_and_is_put_back_without_a_restart(
    home: Path, damage: Callable[[Path], None]
) -> None:
    job = access.submit(ANN, SPEC)
    sweeping.sweep()
    servers.leave()  # what is in the memory of a process outlives its file
    damage(path(home))
    for _ in range(3):
        with pytest.raises(UserError) as refused:
            access.of(ANN)
    assert "python -m ae_core restore" in str(refused.value)
    former, _ = copies.put_back()
    assert [each.id for each in access.of(ANN)] == [job.id]
    assert access.submit(BOB, SPEC).owner == BOB.id
    assert former.exists()
    assert table.get(job.id).name == job.name


def test_a_damaged_database_does_not_take_the_place_of_its_copy(home: Path) -> None:
    access.submit(ANN, SPEC)
    copies.keep()
    kept = (home / "explorer.sqlite.copy").read_bytes()
    servers.leave()
    overwritten(path(home))
    with pytest.raises(UserError, match="could not be copied"):
        copies.keep()
    assert (home / "explorer.sqlite.copy").read_bytes() == kept


def test_without_a_copy_there_is_nothing_to_put_back(home: Path) -> None:
    with pytest.raises(UserError, match="no copy of the database"):
        copies.put_back()


def test_a_row_that_is_garbled_is_damage(home: Path) -> None:
    access.submit(ANN, SPEC)
    for change in ("SET progress = '{'", "SET message = CAST(x'fffe' AS TEXT)"):
        with sqlite3.connect(path(home)) as connection:
            connection.execute("UPDATE jobs " + change)
        with pytest.raises(UserError, match="is damaged"):
            access.of(ANN)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.one_in(20)
def test_flipped_bits_and_garbled_pages_end_in_a_sentence(home: Path, seed: int) -> None:
    for number in range(3):
        job = access.submit(ANN, SPEC)
        events = [{"step": step, "train": {"mse": 0.1}} for step in range(20)]
        table.advance(job.id, {"step": number}, events)
    copies.keep()
    data = bytearray((home / "explorer.sqlite.copy").read_bytes())
    chance = np.random.default_rng(seed)
    removed(path(home))
    (home / "explorer.sqlite.copy").unlink()
    for _ in range(4 ** (seed % 4)):
        at = int(chance.integers(len(data)))
        if seed % 2:
            data[at] ^= 1 << int(chance.integers(8))
        else:
            data[at : at + 300] = chance.bytes(len(data[at : at + 300]))
    path(home).write_bytes(data)
    asked = (
        lambda: access.of(ANN), lambda: access.everything(TEACHER), lambda: table.claim(1),
        lambda: [access.events(TEACHER, number) for number in (1, 2, 3)],
        lambda: ownership.everything(TEACHER, ownership.CHECKPOINT), lambda: table.under_way(),
        lambda: access.submit(BOB, SPEC), sweeping.sweep,
    )  # fmt: skip
    for ask in asked:
        try:
            ask()
        except UserError as failure:
            assert str(failure).endswith(".")  # noqa: PT017 - either is right
