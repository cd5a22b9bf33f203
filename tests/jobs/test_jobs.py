"""Training in the background: requests, and what it survives. Real processes."""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.errors import UserError
from ae_core.jobs import access, files, results, states, table, trainer, worker
from ae_core.jobs.job import Job
from ae_core.settings import KILLS, settings
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from server import listening
from tests.jobs.small_jobs import SPEC
from tests.people import ANN, BOB, TEACHER

ROOT = Path(__file__).resolve().parents[2]


FORK = multiprocessing.get_context("fork")
"""Processes that start at once, with what the tests have imported."""


def work() -> None:
    """Take jobs until the process is told to end."""
    at_work = worker.Worker(context=FORK)
    signal.signal(signal.SIGTERM, lambda *_: at_work.leave())
    at_work.run()


@contextmanager
def process_of(target: Callable[[], None]) -> Iterator[None]:
    process = FORK.Process(target=target)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(20)


def until_over(number: int, seconds: float = 90) -> Job:
    return until(number, lambda job: job.is_over, seconds)


def until(number: int, reached, seconds: float = 60) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if reached(job := table.get(number)):
            return job
        time.sleep(0.02)
    raise AssertionError(f"It is still {table.get(number)}")


def train_by_hand(spec: RunSpec) -> None:
    """Make the checkpoint `by-hand`, as the command line does."""
    run = runs.start(replace(spec, name="by-hand"))
    for _ in runs.watch(run):
        pass
    runs.finish(run)


def weights(name: str) -> str:
    """What the weights of a checkpoint are, bit by bit."""
    model = checkpoints.load(name).model
    data = b"".join(value.numpy().tobytes() for value in model.state_dict().values())
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An `AE_HOME` with a worker, for all tests that leave it alive."""
    place = tmp_path_factory.mktemp("office")
    for module in worker.PRELOADED:
        importlib.import_module(module)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AE_HOME", str(place / "home"))
        patched.setenv("AE_DATA_DIR", str(place))
        patched.setattr(trainer, "NICE", 0)  # nobody else waits for this machine
        with process_of(work):
            yield place / "home"


@pytest.fixture
def worked(office: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AE_HOME", str(office))
    return office


@pytest.mark.one_in(2)
def test_run_in_the_background_is_the_run_of_the_command_line(worked: Path) -> None:
    train_by_hand(SPEC)
    job = until_over(access.submit(ANN, SPEC).id)
    assert (job.state, job.message) == (states.FINISHED, "")
    assert weights(job.name) == weights("by-hand")
    card = checkpoints.card(job.name)
    assert card.title == "Mine"
    events = access.events(TEACHER, job.id)
    assert events[-1]["step"] == 400
    assert events[-1]["test"].keys() == events[-1]["train"].keys()
    assert files.snapshots(job.name)[-1] == 400
    assert files.kept_state(job.name) is None
    mine = ownership.get(TEACHER, job.name)
    kept = settings().checkpoint_roots[0] / job.name
    assert mine and mine.bytes == files.size(job.name) + files.size_of(kept) > 10_000


def test_requests_pause_go_on_stop_and_discard(worked: Path) -> None:
    long = replace(SPEC, steps=1_000_000)
    job = access.submit(ANN, long)
    until(job.id, lambda job: job.step > 0)
    access.request(ANN, job.id, states.PAUSE)
    began = time.monotonic()
    paused = until(job.id, lambda job: job.state == states.PAUSED)
    assert time.monotonic() - began < 5
    access.go_on(ANN, job.id)
    until(job.id, lambda job: job.step > paused.step)
    access.request(ANN, job.id, states.STOP)
    stopped = until_over(job.id)
    assert stopped.state == states.FINISHED
    card = checkpoints.card(job.name)
    assert paused.step <= card.steps < 1_000_000
    gone = access.submit(ANN, long)
    until(gone.id, lambda job: job.step > 0)
    access.request(ANN, gone.id, states.DISCARD)
    assert until_over(gone.id).state == states.DISCARDED
    assert ownership.get(TEACHER, gone.name) is None
    assert not files.folder(gone.name).exists()


def test_hung_run_is_gone_within_five_seconds(worked: Path) -> None:
    job = access.submit(ANN, replace(SPEC, steps=1_000_000))
    until(job.id, lambda job: job.step > 0)
    os.kill(pid_of(job.name), signal.SIGSTOP)
    access.request(ANN, job.id, states.DISCARD)
    began = time.monotonic()
    assert until_over(job.id).state == states.DISCARDED
    assert time.monotonic() - began < 5


def pid_of(name: str) -> int:
    return int((files.folder(name) / "pid").read_text("ascii"))


@contextmanager
def house() -> Iterator[House]:
    """The web server with its worker, on the present `AE_HOME`."""
    place = House(listening.free_port("127.0.0.1", 8900))
    place.open()
    try:
        yield place
    finally:
        place.server.terminate()
        place.server.wait(30)


@dataclass
class House:
    port: int

    def open(self) -> None:
        command = [sys.executable, "app.py", "--port", str(self.port)]
        environment = {**os.environ, "AE_STATE_SECONDS": "0.2"}
        self.server = psutil.Popen(command, cwd=ROOT, env=environment)

    def kill_worker(self) -> None:
        """The server starts another one."""
        for process in self.server.children():
            if "work" in process.cmdline():
                process.kill()

    def kill_server(self) -> None:
        """Its worker leaves by itself."""
        self.server.kill()
        self.server.wait()
        self.open()


@pytest.mark.timeout(3600)
def test_killed_again_and_again_a_run_ends_in_the_same_bits(home: Path) -> None:
    """Trainer, worker and web server, at random points; AE_KILLS=100 is the long test."""
    kills = int(KILLS.value)
    chance = random.Random(0)
    spec = replace(SPEC, steps=250 * kills)
    train_by_hand(spec)
    job = access.submit(BOB, spec)
    with house() as place:
        for kill in range(kills):
            before = table.get(job.id).step
            until(job.id, lambda job, before=before: job.is_over or job.step > before)
            time.sleep(chance.random() * 0.3)
            if kill % 10 == 1:
                place.kill_worker()
            elif kill % 10 == 2:
                place.kill_server()
            else:
                with suppress(ProcessLookupError):
                    os.kill(pid_of(job.name), signal.SIGKILL)
        ended = until_over(job.id, 60 * kills)
    assert ended.state == states.FINISHED
    assert weights(job.name) == weights("by-hand")
    assert [other.id for other in access.everything(TEACHER)] == [job.id]  # not doubled
    steps = [event["step"] for event in access.events(TEACHER, job.id)]
    assert steps == sorted(set(steps))
    assert steps[-1] == spec.steps


def test_worker_is_known_to_work_and_to_be_gone(worked: Path, monkeypatch) -> None:
    end = time.monotonic() + 60  # it may have been started just now
    while not worker.is_working() and time.monotonic() < end:
        time.sleep(0.1)
    assert worker.is_working()
    now = time.time()
    monkeypatch.setattr("ae_core.jobs.worker.time.time", lambda: now + 60)
    assert not worker.is_working()


def test_deleted_model_leaves_nothing(worked: Path) -> None:
    job = until_over(access.submit(ANN, SPEC).id)
    access.rename(ANN, job.name, "Better")
    assert checkpoints.card(job.name).title == "Better"
    results.delete(job.name)
    with pytest.raises(UserError):
        checkpoints.find(job.name)
    assert ownership.get(TEACHER, job.name) is None
    assert not files.folder(job.name).exists()


def test_slip_in_the_limits_does_not_end_the_worker(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (mine := tmp_path / "mine.toml").write_text("slip = 7\n")
    job = access.submit(ANN, SPEC)

    class Watched(worker.Worker):
        """Its limits are mended after the first turn, and it leaves once the job is over."""

        def turn(self) -> None:
            try:
                super().turn()
            finally:
                mine.write_text("train_seconds = 7\n")
                if table.get(job.id).is_over:
                    self.leave()

    monkeypatch.setenv("AE_LIMITS", str(mine))
    Watched(context=FORK).run()
    assert "no option 'slip'" in caplog.text
    assert table.get(job.id).state == states.FINISHED
