"""Limits of what one person keeps, also where two tabs ask at once, and limits of earlier days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import insert

from ae_core.accounts import ownership, personal_limits, room
from ae_core.accounts.limits import Limits
from ae_core.database.connection import writing
from ae_core.database.schema import ALLOWANCES
from ae_core.errors import UserError
from ae_core.jobs import access
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, TEACHER

pytestmark = pytest.mark.usefixtures("home")

TABS = 6


def at_once(ask) -> list[bool]:
    """Whether each of several tabs that ask in the same moment gets what it asks for."""
    start = Barrier(TABS)

    def tab(_: int) -> bool:
        start.wait(20)
        try:
            ask()
        except UserError:
            return False
        return True

    with ThreadPoolExecutor(TABS) as tabs:
        return list(tabs.map(tab, range(TABS)))


def test_tabs_that_ask_at_once_do_not_pass_a_limit_together() -> None:
    personal_limits.set_for(TEACHER, ANN.id, "image_sets_kept", 2)
    personal_limits.set_for(TEACHER, ANN.id, "checkpoints_kept", 3)
    personal_limits.set_for(TEACHER, ANN.id, "jobs_waiting", 100)

    def kept() -> None:
        ownership.add(ANN, ownership.new_name("x"), ownership.IMAGE_SET, "X", size=10)

    assert sum(at_once(kept)) == 2
    assert sum(at_once(lambda: access.submit(ANN, SPEC))) == 3
    assert len(ownership.of(ANN, ownership.CHECKPOINT)) == 3
    with pytest.raises(UserError, match="`image_sets_kept`"):
        room.check(ANN, ownership.IMAGE_SET)


def test_a_limit_that_is_out_of_bounds_by_now_locks_nobody_out(home: Path) -> None:
    low, high = Limits.declaration("train_seconds").low, Limits.declaration("images").high
    rows = {"train_seconds": -5, "images": 10**12, "of_another_version": 7}
    with writing() as connection:
        for name, value in rows.items():
            connection.execute(insert(ALLOWANCES).values(owner=ANN.id, limit=name, value=value))
    allowed = personal_limits.of(ANN)
    assert (allowed.train_seconds, allowed.images) == (low, high)
