"""The same on a PostgreSQL server: tables, turns, a run from its form to its model, failures."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from ae_core import checkpoints
from ae_core.accounts import ownership, room
from ae_core.analyses import Answer
from ae_core.database import connection
from ae_core.database.connection import reading, writing
from ae_core.database.schema import METADATA
from ae_core.errors import UserError
from ae_core.jobs import access, analysis_results, states, table
from ae_core.jobs.worker import Worker
from ae_core.training.runs import RunSpec
from tests.conftest import ROOT
from tests.database import servers
from tests.people import ANN, BOB

SPEC = RunSpec("tanh-3", "digits", steps=20, title="Mine")
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with servers.running(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture(autouse=True)
def address(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a new database, which is that of the app."""
    monkeypatch.setenv("AE_DATABASE_URL", address := servers.address(server))
    yield address
    servers.leave()


def refused() -> str:
    """The sentence that a write is refused with."""
    with pytest.raises(UserError) as refusal:
        ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    return str(refusal.value)


def test_the_tables_are_those_of_the_schema() -> None:
    assert access.of(ANN) == []
    with reading() as opened:
        assert compare_metadata(MigrationContext.configure(opened), METADATA) == []


@pytest.mark.long
def test_many_processes_may_open_a_new_database_at_once(address: str) -> None:
    script = "from ae_core.jobs import table; print(table.running())"
    places = {**os.environ, "AE_DATABASE_URL": address}
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, env=places,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for __ in range(4)
    ]  # fmt: skip
    assert {process.communicate()[0].strip() for process in asked} == {"[]"}


def test_each_job_and_each_question_is_claimed_once_however_many_ask() -> None:
    people = [ANN, BOB]
    jobs = [access.submit(person, SPEC).id for person in people]
    keys = [analysis_results.ask(person, "dimensions", {"n": number}).key
            for number, person in enumerate(people)]  # fmt: skip
    with ThreadPoolExecutor(8) as many:
        claimed = [job.id for job in many.map(lambda __: table.claim(8), range(16)) if job]
        asked = [row.key for row in many.map(lambda __: analysis_results.claim(), range(16)) if row]
    assert Counter(claimed) == Counter(jobs)
    assert Counter(asked) == Counter(keys)
    analysis_results.keep(keys[0], Answer({}, {"found": 1}))
    found = analysis_results.read(ANN, keys[0])
    assert found is not None
    assert found.values == {"found": 1}


def test_what_is_kept_counts_against_the_limit() -> None:
    ownership.add(ANN, ownership.new_name("x"), ownership.IMAGE_SET, "X", size=2_500_000)
    with pytest.raises(UserError, match=r"You keep 2\.5 MB, and this is 100,000\.0 MB more"):
        room.check(ANN, ownership.IMAGE_SET, size=10**11)


def test_a_run_goes_from_the_form_to_its_model() -> None:
    job = access.submit(ANN, SPEC)
    worker = Worker(context=FORK)

    def leave_at_the_end() -> None:
        end = time.monotonic() + 100
        while not table.get(job.id).is_over and time.monotonic() < end:
            time.sleep(0.1)
        worker.leave()

    watching = threading.Thread(target=leave_at_the_end)
    watching.start()
    worker.run()
    watching.join()
    assert access.get(ANN, job.id).state == states.FINISHED
    assert [each["step"] for each in access.events(ANN, job.id)][-1] == 20
    assert checkpoints.card(job.name).title == "Mine"
    (mine,) = ownership.of(ANN, ownership.CHECKPOINT)
    assert mine.bytes > 0


def test_a_forked_process_leaves_the_connections_of_its_parent_alone() -> None:
    ours, theirs = multiprocessing.Pipe()

    def backend() -> int:
        with reading() as opened:
            return int(opened.scalar(text("SELECT pg_backend_pid()")) or 0)

    here = backend()
    child = FORK.Process(target=lambda: theirs.send(backend()))
    child.start()
    assert ours.recv() != here
    child.join()
    assert backend() == here


def test_the_address_of_a_server_may_have_options_of_its_own(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_DATABASE_URL", f"{address}&options=-csearch_path%3Dapp")
    with pytest.raises(UserError, match="refuses: no schema has been selected"):
        access.of(ANN)
    engine = create_engine(address)
    with engine.begin() as opened:
        opened.execute(text("CREATE SCHEMA app"))
    engine.dispose()
    assert access.of(ANN) == []
    with reading() as opened:
        assert opened.scalar(text("SHOW lock_timeout")) == "10s"
        assert opened.scalar(text("SELECT count(*) FROM app.jobs")) == 0


def test_a_lock_that_lasts_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    servers.leave()
    monkeypatch.setattr(connection, "BUSY_MS", 200)
    with writing(), ThreadPoolExecutor(1) as other:
        assert other.submit(refused).result().startswith("The database is busy")
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")


def test_tables_that_are_gone_are_made_anew() -> None:
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    with writing() as opened:
        opened.execute(text("DROP SCHEMA public CASCADE"))
        opened.execute(text("CREATE SCHEMA public"))
    assert "were removed while the app ran" in refused()
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")


def test_a_server_that_was_restarted_is_found_again(server: Any) -> None:
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname LIKE 'test_%' AND pid <> pg_backend_pid();"
    )
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    assert len(ownership.of(ANN, ownership.CHECKPOINT)) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("/test_", "/nobody_"), "refuses: "),
        (("postgres@", "nobody@"), "refuses: "),
        (("?host=", "?host=/nowhere"), "does not answer. Nothing is lost"),
    ],
)
def test_a_server_that_refuses_or_does_not_answer_is_named(
    changed: tuple[str, str], said: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_DATABASE_URL", address.replace(*changed))
    sentence = refused()
    assert sentence.startswith("The database server on this machine")
    assert said in sentence
    monkeypatch.setenv("AE_DATABASE_URL", address)
    assert access.of(ANN) == []
