"""A run that is shared: whoever has its link sees it, changes nothing, and only as long as that."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.jobs import access, states, table
from ae_core.jobs.job import Job
from ae_core.jobs.under_way import steering, watching
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, BOB, with_links


@pytest.fixture
def job() -> Job:
    job = access.submit(ANN, SPEC)
    table.claim(1)
    table.advance(job.id, {"step": 2}, [{"step": 1}, {"step": 2}])
    return table.get(job.id)


def test_a_shared_run_is_seen_by_who_has_its_link_until_it_is_not_shared_any_more(job: Job) -> None:
    guest = with_links(BOB, job.name)
    with pytest.raises(UserError, match="not shared any more"):
        watching.run(guest, job.name)
    ownership.share(ANN, job.name, True)
    assert watching.run(guest, job.name) == job
    assert watching.events(guest, job.name) == [{"step": 1}, {"step": 2}]
    with pytest.raises(UserError, match="not shared any more"):
        watching.events(BOB, job.name)
    ownership.share(ANN, job.name, False)
    for asked in (watching.run, watching.events):
        with pytest.raises(UserError, match="not shared any more"):
            asked(guest, job.name)
    assert watching.run(ANN, job.name) == job


CHANGES: list[Callable[[Person, Job], object]] = [
    lambda guest, job: access.request(guest, job.id, states.STOP),
    lambda guest, job: access.go_on(guest, job.id),
    lambda guest, job: access.forget(guest, job.id),
    lambda guest, job: access.delete_result(guest, job.name),
    lambda guest, job: steering.change(guest, job.id, "rate", 0.1),
    lambda guest, job: steering.set_pace(guest, job.id, 1.0),
    lambda guest, job: steering.single_step(guest, job.id),
    lambda guest, job: ownership.share(guest, job.name, False),
    lambda guest, job: access.events(guest, job.id),
]


@pytest.mark.parametrize("change", CHANGES)
def test_who_watches_a_shared_run_changes_nothing_of_it(
    change: Callable[[Person, Job], object], job: Job
) -> None:
    ownership.share(ANN, job.name, True)
    with pytest.raises(UserError, match="not yours"):
        change(with_links(BOB, job.name), job)
    assert table.get(job.id) == job


def test_what_is_no_run_is_said_to_be_none() -> None:
    with pytest.raises(UserError, match="not here any more"):
        watching.run(ANN, "mnist-dense-49")


def test_what_it_reported_is_read_once_for_all_and_again_once_there_is_more(job: Job) -> None:
    ownership.share(ANN, job.name, True)
    guest = with_links(BOB, job.name)
    assert watching.events(guest, job.name) is access.events(ANN, job.id)
    table.advance(job.id, {"step": 3}, [{"step": 3}])
    assert watching.events(guest, job.name)[-1] == {"step": 3}
