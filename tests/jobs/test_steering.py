"""What people change of a run on its way, slow motion, single steps; and what is kept of it."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.jobs import access, files, states, table, trainer
from ae_core.jobs.job import Job
from ae_core.jobs.states import Controls
from ae_core.jobs.under_way import steering
from ae_core.noise import Gaussian
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.jobs.small_jobs import SPEC, NoRequests
from tests.people import ANN
from tests.training.small_runs import same_bits

NOISY = replace(SPEC, preset="vae-2", noise=Gaussian(mean=0.0, std=0.3))


class Watched(NoRequests):
    """Requests and controls as somebody sends them who sees how far the run is."""

    def __init__(self, **at: Controls | str) -> None:
        super().__init__()
        self.at = {int(step.removeprefix("step_")): wanted for step, wanted in at.items()}

    def see(self, step: int) -> None:
        for wanted in [self.at.pop(each) for each in list(self.at) if each <= step]:
            if isinstance(wanted, str):
                self.latest = wanted
            else:
                self.controls = wanted


def trained(job: Job, requests: Watched, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a run tells that is begun, or taken up again; it ends, or is paused."""
    told: list[dict[str, Any]] = []

    def send(_: object, message: dict[str, Any]) -> None:
        told.append(message)
        requests.see(message["at"]["step"])

    monkeypatch.setattr("ae_core.jobs.under_way.record.send", send)
    _ours, theirs = multiprocessing.Pipe()
    run = trainer.begun(job.spec, "cpu")
    state, message = trainer.trained(run, 60.0, theirs, requests)
    told.append({"end": state, "message": message})
    return told


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ae_core.training.loop.EVENT_SECONDS", 0)
    monkeypatch.setattr("ae_core.jobs.under_way.record.EVENT_SECONDS", 0)
    monkeypatch.setattr("ae_core.jobs.under_way.record.EVENTS_KEPT", 10**9)


@pytest.mark.usefixtures("every_step")
def test_a_run_that_is_changed_paused_and_taken_up_again_is_repeated_by_its_card(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = access.submit(ANN, replace(NOISY, steps=60))
    noise, beta = Controls({"noise": 0.1}), Controls({"noise": 0.1, "beta": 4.0, "rate": 0.5})
    told = trained(job, Watched(step_5=noise, step_20=states.PAUSE), monkeypatch)
    assert told[-1]["end"] == states.PAUSED
    again = Watched(step_30=beta)
    again.controls = noise
    told = trained(job, again, monkeypatch)
    assert told[-1]["end"] == states.FINISHED
    card = checkpoints.card(job.name)
    steps = {text.partition(":")[2]: int(text.partition(":")[0]) for text in card.changes}
    assert list(steps) == [
        "beta=1.0", "noise=0.3", "rate=1.0", "noise=0.1", "beta=4.0", "rate=0.5"
    ]  # fmt: skip
    assert 5 <= steps["noise=0.1"] < 20 < 30 <= steps["beta=4.0"] == steps["rate=0.5"]
    assert told[-2]["at"]["changes"] == card.changes
    assert is_repeated(job)


def is_repeated(job: Job) -> bool:
    """Whether the same run with the changes on the card of this one ends in the same bits."""
    changes = tuple(checkpoints.card(job.name).changes)
    spec = replace(job.spec, changes=changes, name="again")
    assert isinstance(spec, RunSpec)
    run = runs.start(spec, on="cpu")
    for _ in runs.watch(run):
        pass
    runs.finish(run)
    first, second = (checkpoints.load(name).model.state_dict() for name in (job.name, "again"))
    return same_bits(first, second)


class Killed(Watched):
    """A worker whose process is killed at this step."""

    def see(self, step: int) -> None:
        super().see(step)
        if step >= 20:
            raise SystemExit


@pytest.mark.parametrize("kept", [True, False], ids=["kept since", "not kept since"])
@pytest.mark.usefixtures("every_step")
def test_a_run_that_is_killed_has_its_changes_when_it_is_taken_up_again(
    kept: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.jobs.under_way.record.STATE_SECONDS", 0 if kept else 1000)
    job = access.submit(ANN, replace(NOISY, steps=60))
    wanted = Controls({"beta": 4.0})
    with pytest.raises(SystemExit):
        trained(job, Killed(step_5=wanted), monkeypatch)
    again = Watched()
    again.controls = wanted
    assert trained(job, again, monkeypatch)[-1]["end"] == states.FINISHED
    (*__, last) = checkpoints.card(job.name).changes
    step, _, change = last.partition(":")
    assert change == "beta=4.0"
    assert (5 <= int(step) < 20) if kept else int(step) == 0
    assert is_repeated(job)


def test_one_step_at_a_time_waits_for_each_and_takes_a_snapshot_of_each(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = access.submit(ANN, replace(SPEC, steps=50))
    one, three = Controls(pace=0.0, until=1), Controls(pace=0.0, until=3)
    requests = Watched(step_1=three, step_3=states.PAUSE)
    requests.controls = one
    told = trained(job, requests, monkeypatch)
    events = [each["event"] for each in told[:-1] if each["event"]]
    assert [each["step"] for each in events] == [1, 2, 3]
    assert all(each["test"] for each in events)
    assert (told[-1]["end"], files.snapshots(job.name)) == (states.PAUSED, [1, 2, 3])
    fast = Watched()
    assert trained(job, fast, monkeypatch)[-1]["end"] == states.FINISHED
    assert checkpoints.card(job.name).steps == 50


@pytest.mark.parametrize("wanted", [states.PAUSE, Controls(pace=0.0)], ids=["paused", "held"])
def test_where_a_run_comes_to_rest_is_told_so_that_one_step_more_is_one(
    wanted: Controls | str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.training.loop.EVENT_SECONDS", 0)
    job = access.submit(ANN, replace(SPEC, steps=1_000_000))
    requests = Watched(step_0=wanted)
    later, requests.at = requests.at, {}

    def want() -> None:
        requests.at = later
        requests.see(0)

    Timer(0.4, want).start()
    Timer(0.8, lambda: setattr(requests, "latest", states.PAUSE)).start()
    told = trained(job, requests, monkeypatch)
    assert told[-1]["end"] == states.PAUSED
    assert told[-2]["at"]["step"] == trainer.begun(job.spec, "cpu").training.step > 1


def test_slow_motion_takes_its_time_and_counts_none_of_it_as_training(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.jobs.under_way.pacing.ALIVE_SECONDS", 0.02)
    job = access.submit(ANN, replace(SPEC, steps=30))
    requests = Watched(step_6=Controls())
    requests.controls = Controls(pace=4.0)
    told = trained(job, requests, monkeypatch)
    events = [each["event"] for each in told[:-1]]
    assert [each["step"] for each in events if each][:6] == [1, 2, 3, 4, 5, 6]
    assert events.count(None) > 10  # that it is alive
    assert checkpoints.card(job.name).seconds < 0.5


def test_a_run_that_waits_for_longer_than_it_may_is_paused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    (home / "limits.toml").write_text("slow_seconds = 1\n", "utf-8")
    monkeypatch.setenv("AE_LIMITS", str(home / "limits.toml"))
    job = access.submit(ANN, SPEC)
    requests = Watched()
    requests.controls = Controls(pace=0.0, until=2)
    told = trained(job, requests, monkeypatch)
    assert (told[-1]["end"], told[-1]["message"]) == (states.PAUSED, "")
    assert trainer.begun(job.spec, "cpu").training.step == 2


def test_what_is_wanted_of_a_run_is_kept_with_it_and_checked_before(home: Path) -> None:
    job = access.submit(ANN, NOISY)
    steering.change(ANN, job.id, "beta", 4.0)
    steering.change(ANN, job.id, "noise", 0.5)
    steering.set_pace(ANN, job.id, 2.0)
    assert table.get(job.id).controls == Controls({"beta": 4.0, "noise": 0.5}, 2.0)
    for what, value, said in (
        ("beta", 101.0, "beta is 101.0; it can be 0 to 100"),
        ("rate", 0.0, "times that of the recipe, and not 0 times"),
        ("width", 3.0, "has no width"),
    ):
        with pytest.raises(UserError, match=said):
            steering.change(ANN, job.id, what, value)
    with pytest.raises(UserError, match="pace is 1000"):
        steering.set_pace(ANN, job.id, 1000.0)
    table.claim(1)
    table.advance(job.id, {}, [{"step": 7}])
    steering.single_step(ANN, job.id)
    steering.single_step(ANN, job.id)
    assert (table.get(job.id).controls.pace, table.get(job.id).controls.until) == (0.0, 9)
    table.end(job.id, states.PAUSED)
    steering.single_step(ANN, job.id)
    assert (table.get(job.id).state, table.get(job.id).controls.until) == (states.QUEUED, 10)
    table.claim(1)
    table.end(job.id, states.FINISHED)
    with pytest.raises(UserError, match="is over"):
        steering.set_pace(ANN, job.id, None)


def test_a_run_without_noise_or_beta_has_none_to_change(home: Path) -> None:
    job = access.submit(ANN, SPEC)
    for what in ("noise", "beta"):
        with pytest.raises(UserError, match=f"has no {what} that could be changed"):
            steering.change(ANN, job.id, what, 0.5)
    steering.change(ANN, job.id, "rate", 3.0)
    assert json.loads(json.dumps(table.get(job.id).controls.to_dict()))["values"] == {"rate": 3.0}
