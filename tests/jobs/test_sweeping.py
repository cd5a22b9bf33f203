"""What has expired is swept away: its row, its events, and the run that rested."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import select

from ae_core.accounts import ownership
from ae_core.accounts.limits import Limits
from ae_core.database.connection import reading
from ae_core.database.schema import EVENTS
from ae_core.jobs import access, states, table, worker
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, TEACHER


def test_what_has_expired_is_swept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = ownership.new_name("old")
    ownership.add(ANN, name, ownership.CHECKPOINT, "Old")
    worker.sweep()
    assert ownership.get(TEACHER, name)
    later = time.time() + 86400 * (Limits().days_kept + 1)
    monkeypatch.setattr("ae_core.accounts.ownership.time.time", lambda: later)
    worker.sweep()
    assert ownership.get(TEACHER, name) is None


def test_run_that_expires_while_it_rests_is_given_up(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = access.submit(ANN, SPEC)
    access.request(TEACHER, job.id, states.PAUSE)
    later = time.time() + 86400 * (Limits().days_kept + 1)
    monkeypatch.setattr("ae_core.accounts.ownership.time.time", lambda: later)
    worker.sweep()
    assert ownership.get(TEACHER, job.name) is None
    assert table.get(job.id).state == states.DISCARDED
    table.advance(job.id + 1, {}, [{"step": 1}])  # its row is gone
    with reading() as connection:
        assert connection.execute(select(EVENTS)).all() == []
