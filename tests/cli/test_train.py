"""`train`: what it keeps, and under which name."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from ae_core import checkpoints
from ae_core.cli.train import holding
from ae_core.noise import Gaussian
from ae_core.training import runs
from ae_core.training.objectives import Reconstruction
from ae_core.training.runs import RunSpec
from tests.cli.commands import QUICK


def test_train_keeps_a_checkpoint(ae, home: Path) -> None:
    ran = ae(*QUICK, "--steps", "12", "--seed", "5", "--name", "mine", "--title", "[My] own")
    assert ran.code == 0
    assert ran.out.startswith("Kept mine after 12 steps and ")
    card = checkpoints.card("mine")
    assert (card.steps, card.seed, card.title) == (12, 5, "[My] own")
    assert (card.preset, card.image_set, card.recipe_name) == ("tanh-3", "digits", "published")
    assert card.config["widths"] == [8]
    assert card.codes_sha256 == ""
    assert sorted(path.name for path in home.iterdir()) == ["checkpoints", "runs"]


def test_train_as_json_prints_events_and_then_the_card(ae, home: Path) -> None:
    ran = ae(*QUICK, "--steps", "31", "--json", "--keep-codes")
    *events, result = [json.loads(line) for line in ran.out.splitlines()]
    assert [event["event"]["step"] for event in events][-1] == 31
    assert set(events[0]["event"]["losses"]) == {"mse"}
    assert result["whole"] is True
    card = checkpoints.card("quick")
    assert result["checkpoint"]["weights_sha256"] == card.weights_sha256
    assert result["checkpoint"]["metrics"] == card.metrics
    assert card.codes_sha256
    assert ran.err == ""


def test_train_keeps_it_in_another_folder_when_asked(ae, home: Path, here: Path) -> None:
    assert ae(*QUICK, "--steps", "2", "--name", "mine", "--into", here / "library").code == 0
    assert (here / "library" / "mine" / "card.json").is_file()
    assert not (home / "checkpoints").exists()


def test_a_time_limit_is_kept_on_the_card_as_the_steps_that_it_took(ae, home: Path) -> None:
    assert ae(*QUICK, "--seconds", "0.2", "--name", "quick").code == 0
    card = checkpoints.card("quick")
    assert "--seconds" not in card.command
    # The steps, or how their count was corrected.
    assert re.search(rf"--steps {card.steps}\b|--plan [\d,]+,{card.steps}\b", card.command)


def test_the_command_on_a_card_makes_the_same_bits_again(ae, home: Path) -> None:
    noise = "gaussian:mean=0.25,std=0.5"
    ae(*QUICK, "--steps", "9", "--seed", "3", "--noise", noise, "--name", "first", "--no-guard")
    card = checkpoints.card("first")
    assert card.training_noise() == Gaussian(mean=0.25, std=0.5)
    words = shlex.split(card.command)
    assert words[:3] == ["python", "-m", "ae_core"]
    shutil.rmtree(home)
    assert ae(*words[3:]).code == 0
    again = checkpoints.card("first")
    assert again.weights_sha256 == card.weights_sha256
    assert again.metrics == card.metrics


def test_name_that_only_the_app_gives_is_refused(ae) -> None:
    for command in (("train", "ae-2", "--set", "digits"), ("classify", "digits-tanh-3")):
        ae(*command, "--steps", "1", "--name", "my-best").check_refused(
            "are for what people make in the app"
        )


def test_nothing_is_overwritten_that_was_not_named(ae, asked: list[tuple[RunSpec, str]]) -> None:
    ae("train", "dense-49", "--name", "mnist-dense-49").check_refused(
        "mnist-dense-49 ships with the app"
    )
    ae("train", "dense-49", "--name", "mnist-dense-49", "--replace").check_refused("ships")
    ae("train", "dense-49").check_refused("Enough.")
    assert [spec.kept_name for spec, _ in asked] == ["mnist-dense-49-2"]


def test_name_that_is_taken_is_replaced_by_its_option_alone(ae) -> None:
    assert ae(*QUICK, "--steps", "1").code == 0
    ae(*QUICK, "--steps", "2").check_refused("quick is there already", "--replace")
    assert checkpoints.card("quick").steps == 1
    assert ae(*QUICK, "--steps", "2", "--replace").code == 0
    assert checkpoints.card("quick").steps == 2


def test_two_commands_at_once_never_train_under_the_same_name(ae, home: Path) -> None:
    with holding("quick"):
        ae(*QUICK, "--steps", "1").check_refused("quick is being trained by another command")
        assert ae(*QUICK[: QUICK.index("--name")], "--steps", "1").code == 0
    assert ae(*QUICK, "--steps", "1").code == 0


def test_name_that_another_command_took_while_this_one_began_is_refused(
    ae, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = runs.start

    def slow(*asked: Any, **more: Any) -> runs.Run:
        run = begin(*asked, **more)
        (home / "checkpoints" / run.spec.kept_name).mkdir(parents=True)
        return run

    monkeypatch.setattr(runs, "start", slow)
    ae(*QUICK, "--steps", "1").check_refused("quick is there already")


def test_a_gpu_that_fails_ends_the_command_in_one_sentence(
    ae, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(Reconstruction, "batch", fails)
    ran = ae(*QUICK, "--steps", "2")
    assert ran.code == 2
    assert ran.err.endswith(
        "Error: The GPU has too little memory for this run. Train on the CPU, with --device cpu.\n"
    )
