"""Sixty people, and nobody gets at anything of anybody else's: by no function, at no address."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.database import schema
from ae_core.database.connection import reading
from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.jobs import access
from tests.isolation.belongings import EMPTY, REFUSED, Belongings, made_by
from tests.people import with_links
from tests.routes import ROUTES, asked

ADDRESSES: dict[str, Callable[[Belongings], str]] = {
    "/live-models/{name}/{sha256}/{part}":
        lambda of: f"/live-models/{of.name}/{checkpoints.card(of.name).weights_sha256}/decoder",
    "/live-classifiers/{name}/{sha256}":
        lambda of: f"/live-classifiers/{of.name}/{checkpoints.card(of.name).weights_sha256}",
    "/live-images/{name}/{sha256}/{rows}":
        lambda of: f"/live-images/{of.images}/{stored.card(of.images).sha256}/0,1",
    "/live-factors/{name}/{sha256}/{count}":
        lambda of: f"/live-factors/{of.images}/{stored.card(of.images).sha256}/2",
    "/live-training-images/{name}/{sha256}/{which}":
        lambda of:
            f"/live-training-images/{of.images}/{stored.card(of.images).sha256}/train_0__tested",
}  # fmt: skip
"""Where the server gives out what may be somebody's."""

EVERYBODYS = {
    "/live/{name}", "/live-texts/{language}/{sha256}", "/healthz", "/readyz", "/class/events",
    "/class/look", "/c/{code}",
}  # fmt: skip


def ask(person: Person, address: str) -> tuple[int, bytes]:
    """What the server says to somebody."""
    status, _, body = asked(address, owner=person.id)
    return status, body


def state(home: Path) -> tuple[Any, ...]:
    """Every row of the database, and when each file was written."""
    with reading() as connection:
        rows = [
            tuple(row)
            for each in schema.METADATA.sorted_tables
            for row in connection.execute(select(each))
        ]
    kept = (".safetensors", ".json", ".bin", ".npy")
    files = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.suffix in kept}
    return rows, files


def test_every_address_that_gives_something_out_is_asked_for_here() -> None:
    paths = {route.path for route in ROUTES}
    assert paths == ADDRESSES.keys() | EVERYBODYS


@pytest.mark.parametrize(
    "count", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_nobody_gets_at_what_is_somebody_elses(
    count: int, home: Path, record_property: Callable[[str, object], None]
) -> None:
    people = [Person(f"person {number}") for number in range(count)]
    things = [made_by(person) for person in people]
    before = state(home)
    got = []
    for (person, _), (_, theirs) in permutations(zip(people, things, strict=True), 2):
        who = with_links(person, theirs.name, theirs.images)
        got += [(who.id, name) for name in REFUSED if not is_refused(name, who, theirs)]
        got += [(who.id, name) for name in EMPTY if EMPTY[name](who, theirs)]
        got += [
            (person.id, address) for address, at in ADDRESSES.items()
            if ask(person, at(theirs))[0] != 404
        ]  # fmt: skip
    assert state(home) == before
    for person, own in zip(people, things, strict=True):
        assert [job.id for job in access.of(person)] == [own.job]
        listed = {each.name for kind in (ownership.CHECKPOINT, ownership.IMAGE_SET)
                  for each in ownership.of(person, kind)}  # fmt: skip
        assert listed == {own.name, own.images}
        assert ask(person, ADDRESSES["/live-models/{name}/{sha256}/{part}"](own))[0] == 200
        assert ask(person, ADDRESSES["/live-images/{name}/{sha256}/{rows}"](own))[0] == 200
    told = b"".join(ask(people[0], address)[1] for address in ("/healthz", "/readyz"))
    assert not any(own.name.encode() in told for own in things)
    record_property("people", count)
    record_property("got_at_something", len(got))
    assert got == []


def is_refused(name: str, person: Person, theirs: Belongings) -> bool:
    try:
        REFUSED[name](person, theirs)
    except UserError as failure:
        return any(said in str(failure) for said in ("not yours", "not here", "for teachers"))
    return False


@pytest.mark.parametrize("count", [2, pytest.param(60, marks=pytest.mark.long)])
def test_what_is_not_shared_any_more_is_gone_at_once(
    count: int, home: Path, record_property: Callable[[str, object], None]
) -> None:
    people = [Person(f"person {number}") for number in range(count)]
    things = [made_by(person) for person in people]
    slowest = 0.0
    for number, (person, own) in enumerate(zip(people, things, strict=True)):
        other = with_links(people[number - 1], own.name, own.images)
        addresses = [at(own) for at in ADDRESSES.values()]
        for name in (own.name, own.images):
            ownership.share(person, name, True)
        assert ownership.visible(other, [own.name, own.images]) == {own.name, own.images}
        assert 200 in {ask(other, address)[0] for address in addresses}
        for name in (own.name, own.images):
            ownership.share(person, name, False)
        began = time.monotonic()
        while ownership.visible(other, [own.name, own.images]) or {
            ask(other, address)[0] for address in addresses
        } != {404}:
            assert time.monotonic() - began < 10
        slowest = max(slowest, time.monotonic() - began)
    record_property("gone_after_unsharing_s", round(slowest, 3))
    assert slowest < 1
