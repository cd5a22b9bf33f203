"""Free cookies fill neither the queue nor the disk, and whoever comes from elsewhere has a turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from ae_core.accounts import disk, ownership, room
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.jobs import access, states, table
from tests.jobs.small_jobs import SPEC
from tests.people import ANN


def visitor(number: int, network: str) -> Person:
    return Person(f"{network} {number}", network=network)


def test_new_cookies_from_one_network_do_not_fill_the_queue(home: Path) -> None:
    allowed = Limits(jobs_waiting_of_address=4)
    for number in range(4):
        access.submit(visitor(number, "here"), SPEC, allowed=allowed)
    with pytest.raises(UserError, match="`jobs_waiting_of_address` in limits"):
        access.submit(visitor(4, "here"), SPEC, allowed=allowed)
    access.submit(visitor(0, "there"), SPEC, allowed=allowed)
    access.submit(ANN, SPEC, allowed=allowed)


def test_the_last_quarter_of_the_queue_is_for_those_who_have_nothing_in_it(home: Path) -> None:
    allowed = Limits(jobs_waiting_in_all=8)
    for number in range(6):
        access.submit(visitor(number, "here"), SPEC, allowed=allowed)
    with pytest.raises(UserError, match="`jobs_waiting_in_all` in limits"):
        access.submit(visitor(6, "here"), SPEC, allowed=allowed)
    access.submit(visitor(0, "there"), SPEC, allowed=allowed)
    access.submit(ANN, SPEC, allowed=allowed)
    with pytest.raises(UserError, match="`jobs_waiting_in_all` in limits"):
        access.submit(visitor(0, "elsewhere"), SPEC, allowed=allowed)


def test_one_of_a_network_goes_before_who_comes_from_another(home: Path) -> None:
    for number in range(5):
        access.submit(visitor(number, "here"), SPEC)
    first = table.claim(1)
    assert first
    theirs = access.submit(visitor(0, "there"), SPEC)
    assert table.waiting()[0].id == theirs.id
    table.end(first.id, states.FINISHED)
    second = table.claim(1)
    assert second and second.id == theirs.id
    table.end(second.id, states.FINISHED)
    third = table.claim(1)
    assert third and third.network == "here"


def test_all_that_is_kept_has_a_limit_whoever_keeps_it(home: Path) -> None:
    allowed = Limits(megabytes_kept_in_all=3)
    for number in range(2):
        person = visitor(number, "here")
        room.check(person, ownership.IMAGE_SET, allowed, size=1_400_000)
        ownership.add(person, ownership.new_name("a"), ownership.IMAGE_SET, "A", size=1_400_000)
    with pytest.raises(UserError, match="`megabytes_kept_in_all` in limits"):
        room.check(ANN, ownership.IMAGE_SET, allowed, size=1_400_000)
    room.check(ANN, ownership.IMAGE_SET, allowed, size=100_000)


def test_a_share_of_the_disk_stays_free(home: Path) -> None:
    free = disk.free_percent()
    allowed = Limits(disk_free_percent=int(free) + 1)
    with pytest.raises(UserError, match="`disk_free_percent` in limits"):
        access.submit(ANN, SPEC, allowed=allowed)
    access.submit(ANN, SPEC, allowed=Limits(disk_free_percent=0))
