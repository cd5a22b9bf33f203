"""A store that is out of reach, another one, or of another kind or version: nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ae_core import checkpoints, image_sets
from ae_core.accounts import ownership
from ae_core.database import clock
from ae_core.database import connection as database
from ae_core.database.schema import CLOCK
from ae_core.errors import UserError
from ae_core.jobs import access, results, states, sweeping, table
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.sync import NotSentError
from ae_core.training.runs import RunSpec
from tests.image_sets.pets import collection_of, saved
from tests.people import ME, TEACHER
from tests.storage.machines import On, names, trouble


def test_a_store_out_of_reach_takes_nothing_away_and_gets_the_rest_later(
    tiny: str, on: On, place: Path, trained_folder: Path
) -> None:
    gone = place.rename(place.with_name("unplugged"))
    own = on("here") / "checkpoints"
    assert names() == [tiny]
    assert "is empty, and was not. See that it is mounted" in trouble()
    assert checkpoints.load(tiny).card.name == tiny
    with pytest.raises(NotSentError, match="tiny is on this machine alone for now"):
        checkpoints.retitle(tiny, "Another")
    shutil.copytree(trained_folder, own / "own")
    with pytest.raises(UserError, match="is mounted"):
        checkpoints.delete(tiny)
    with pytest.raises(UserError, match="is mounted"):
        sync.tidy()
    card = saved(collection_of(20))
    assert card.name in image_sets.available()
    assert not place.exists()
    gone.rename(place)
    on("here")
    sync.tidy()
    on("there")
    assert sorted(names()) == ["tiny"]
    assert checkpoints.card(tiny).title == "Another"
    assert image_sets.load(card.name).sha256 == card.sha256


def test_what_has_expired_goes_from_the_store_too_once_it_can_be_reached(
    tiny: str, on: On, place: Path
) -> None:
    ownership.add(ME, tiny, ownership.CHECKPOINT, "Tiny")
    clock.look()
    with database.writing() as connection:
        connection.execute(ownership.TABLE.update().values(expires=1.0, expired=-1e6))
        connection.execute(CLOCK.update().values(jumped=-1e6))
    gone = place.rename(place.with_name("unplugged"))
    sweeping.sweep()
    assert ownership.exists(tiny)
    assert names() == [tiny]
    gone.rename(place)
    sweeping.sweep()
    assert not ownership.exists(tiny)
    assert names() == []
    assert not (place / "checkpoints" / "tiny.json").exists()


def test_a_failed_run_stays_somebodys_while_the_store_may_have_its_model(
    on: On, place: Path
) -> None:
    checkpoints.available()
    job = access.submit(ME, RunSpec("tanh-3", image_set="digits", steps=4))
    table.claim(1)
    table.end(job.id, states.FAILED)
    gone = place.rename(place.with_name("unplugged"))
    results.discard_failed(job)
    assert ownership.get(TEACHER, job.name)
    gone.rename(place)
    results.discard_failed(job)
    assert ownership.get(TEACHER, job.name) is None


def test_a_working_copy_of_another_store_is_refused(
    tiny: str, on: On, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_HOME", (tmp_path / "other").as_uri())
    on("here")
    assert names() == [tiny]
    assert "a working copy of another store than AE_HOME names" in trouble()
    with pytest.raises(NotSentError, match="Choose another AE_CACHE"):
        sync.push(settings().home / "checkpoints" / tiny)
    assert not (tmp_path / "other").exists()


def test_a_kind_of_store_that_nobody_knows_is_said_in_words(
    on: On, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_HOME", "nowhere://bucket")
    assert checkpoints.available()[0]
    assert "The store that AE_HOME names cannot be used (ValueError). Check" in trouble()


def test_a_later_version_of_the_store_is_left_alone(tiny: str, on: On, place: Path) -> None:
    (place / "store.json").write_text('{"format": 2}')
    on("there")
    assert "The store has format 2; this version reads 1." in trouble()
    assert names() == []
