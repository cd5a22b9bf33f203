"""Ctrl-C: what is kept of a stopped run, and which command resumes it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.models import Autoencoder
from ae_core.training import loop
from ae_core.training.loop import Event, Training
from tests.cli.commands import QUICK, environment
from tests.conftest import ROOT


def test_ctrl_c_keeps_a_checkpoint_and_resuming_ends_in_the_same_bits(ae, home: Path) -> None:
    words = [*QUICK, "--batch-size", "64", "--steps", "500", "--json"]
    command = [sys.executable, "-m", "ae_core", *words]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        first = json.loads(process.stdout.readline())["event"]
        process.send_signal(signal.SIGINT)
        lines = process.stdout.read().splitlines()
        said = process.stderr.read()
    assert (process.returncode, said) == (130, "")
    assert json.loads(lines[-1])["whole"] is False
    stopped = checkpoints.load("quick").card
    assert first["step"] <= stopped.steps < stopped.planned_steps == 500

    resumed = ae(*words, "--resume").json
    assert resumed["whole"] is True
    card = checkpoints.card("quick")
    assert card.steps == 500
    assert list((home / "stopped").iterdir()) == []

    ae(*words, "--name", "undisturbed")
    assert checkpoints.card("undisturbed").weights_sha256 == card.weights_sha256


@contextmanager
def interrupting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ctrl-C comes at the first step of every run."""
    iterate = Training.__iter__

    def interrupted(run: Training[Autoencoder]) -> Iterator[Event]:
        for event in iterate(run):
            signal.raise_signal(signal.SIGINT)
            yield event

    with monkeypatch.context() as patched:
        patched.setattr(loop, "EVENT_SECONDS", 0)
        patched.setattr(Training, "__iter__", interrupted)
        yield


@pytest.fixture
def stopped(ae, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A command that Ctrl-C stopped at its first step."""
    words = [*QUICK, "--steps", "30"]
    with interrupting(monkeypatch):
        ran = ae(*words)
    assert ran.code == 130
    assert ran.out.startswith("Kept quick after 1 steps")
    assert "--resume" in ran.out
    return words


def test_a_stopped_run_says_how_to_go_on(ae, stopped: list[str]) -> None:
    assert checkpoints.card("quick").steps == 1
    ran = ae(*stopped, "--resume")
    assert ran.code == 0
    assert "Kept quick after 30 steps" in ran.out
    ae(*stopped, "--resume").check_refused("There is no stopped run to resume")


def test_a_stopped_run_is_resumed_by_the_same_command_alone(ae, stopped: list[str]) -> None:
    other = [*stopped, "--learning-rate", "0.5", "--resume"]
    ae(*other).check_refused("Another command was stopped", "--steps 30")
    assert ae(*stopped, "--resume").code == 0


@pytest.mark.parametrize("kept", [0, 7, 1000, -1], ids=str)
def test_a_damaged_stopped_run_is_refused(ae, kept: int, stopped: list[str], home: Path) -> None:
    (path,) = (home / "stopped").iterdir()
    path.write_bytes(path.read_bytes()[:kept])
    ae(*stopped, "--resume").check_refused(str(path), "Delete that file and train again")


def test_a_stopped_run_of_another_network_is_refused(
    ae, stopped: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = checkpoints.build
    monkeypatch.setattr(
        checkpoints,
        "build",
        lambda family, config, shape: build(family, {**config, "widths": (9,)}, shape),
    )
    ae(*stopped, "--resume").check_refused("of another version")


def test_a_whole_run_leaves_no_stopped_one_behind(ae, stopped: list[str], home: Path) -> None:
    assert ae(*stopped, "--replace").code == 0
    assert list((home / "stopped").iterdir()) == []


def test_run_without_a_name_takes_the_next_free_one_and_is_resumed_under_it(
    ae, stopped: list[str]
) -> None:
    nameless = [*QUICK[: QUICK.index("--name")], "--steps", "3"]
    assert "Kept digits-tanh-3-2 after" in ae(*nameless).out
    assert "Kept digits-tanh-3-3 after" in ae(*nameless).out
    ae(*nameless, "--resume").check_refused("There is no stopped run to resume")


def test_each_stopped_run_without_a_name_is_resumed_by_its_own_command(
    ae, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = QUICK[: QUICK.index("--name")]
    first, second = [*nameless, "--steps", "30"], [*nameless, "--steps", "31"]
    with interrupting(monkeypatch):
        assert "Kept digits-tanh-3-2 after 1 steps" in ae(*first).out
        assert "Kept digits-tanh-3-3 after 1 steps" in ae(*second).out
    assert "Kept digits-tanh-3-2 after 30 steps" in ae(*first, "--resume").out
    assert "Kept digits-tanh-3-3 after 31 steps" in ae(*second, "--resume").out


def test_after_a_run_ctrl_c_does_what_it_did_before(ae, home: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    ae(*QUICK, "--steps", "2")
    assert signal.getsignal(signal.SIGINT) is before
