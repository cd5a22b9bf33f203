"""What can be set on a run: in the help, on the command of a card, all the way to the run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.noise import NOISES, Gaussian
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.training.runs import RunSpec


def declared(preset: str) -> list[Option]:
    """The options of a preset's network and recipe."""
    return [*FAMILIES[FAMILY_OF[preset]].config.declared(), *Recipe.declared()]


def test_without_a_word_there_is_help(ae) -> None:
    ran = ae()
    assert ran.code == 0
    for command in ("models", "fetch", "evaluate", "reconstruct", "decode", "export", "train"):
        assert command in ran.out
    ran = ae("train")
    assert ran.code == 0
    assert all(name in ran.out for name in FAMILY_OF)


@pytest.fixture
def help_of(ae, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The help of a command as one line of single-spaced words, on a very wide screen."""
    monkeypatch.setenv("COLUMNS", "400")

    def read(*words: str) -> str:
        ran = ae(*words, "--help")
        assert ran.code == 0
        return " ".join(ran.out.replace("│", " ").split())

    return read


@pytest.mark.parametrize("name", FAMILY_OF)
@pytest.mark.one_in(3)
def test_help_says_what_a_model_is_and_what_every_option_does_with_its_bounds(
    help_of, name: str
) -> None:
    family = FAMILIES[FAMILY_OF[name]]
    text = help_of("train", name)
    assert family.summary in text
    assert " or ".join(family.presets[name]) in text
    for option in declared(name):
        assert f"{option.flag} " in text
        assert option.help in text
        if option.kind in (int, float):
            assert f"[{option.low}<=x<={option.high}]" in text
        for choice in option.choices:
            assert choice in text.split(option.help)[1]


SPECS = [
    RunSpec("dense-49"),
    RunSpec("dense-49", image_set="digits", recipe_name="published", seed=2**32 - 1),
    RunSpec("deep-49", config={"widths": (64, 32), "latent_dim": 7, "activation": "tanh"}),
    RunSpec("tanh-3", recipe={"guard": False, "learning_rate": 3e-05, "epochs": 2}),
    RunSpec("vae-conv-2", config={"beta": 0.1}, recipe={"guard": True, "optimizer": "rmsprop"}),
    RunSpec("dense-49", steps=7, name="mine", title='It\'s "mine", --json $HOME; [b]é'),
    RunSpec("dense-49", seconds=2.5, keep_codes=True, title="--resume"),
    *(RunSpec("dense-49", noise=kind()) for kind in NOISES.values()),
    RunSpec("dense-49", noise=Gaussian(mean=0.1, std=1 / 3)),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.command()[24:90])
def test_the_command_of_a_run_asks_for_the_same_run(
    ae, asked: list[tuple[RunSpec, str]], spec: RunSpec, here: Path
) -> None:
    words = shlex.split(spec.command())
    assert words[:3] == ["python", "-m", "ae_core"]
    ae(*words[3:], "--into", here).check_refused("Enough.")
    assert asked == [(spec, "auto")]


@pytest.mark.parametrize("name", FAMILY_OF)
@pytest.mark.one_in(3)
def test_every_option_reaches_the_run(ae, asked: list[tuple[RunSpec, str]], name: str) -> None:
    words: list[str] = []
    expected: dict[str, Any] = {}
    for option in declared(name):
        values: dict[Any, tuple[list[str], Any]] = {
            int: ([option.flag, str(option.high)], option.high),
            float: ([option.flag, str(option.high)], option.high),
            bool: ([option.flag], True),
            tuple: ([option.flag, "5,6"], (5, 6)),
            str: ([option.flag, (*option.choices, "")[0]], (*option.choices, "")[0]),
        }
        given, expected[option.name] = values[option.kind]
        words += given
    ae("train", name, *words)
    ((spec, _),) = asked
    of_recipe = {each.name for each in Recipe.declared()}
    assert spec.recipe == {key: value for key, value in expected.items() if key in of_recipe}
    assert spec.config == {key: value for key, value in expected.items() if key not in of_recipe}


def test_options_that_are_not_given_are_left_to_the_preset(
    ae, asked: list[tuple[RunSpec, str]], here: Path
) -> None:
    ae("train", "dense-49", "--into", here)
    ae("train", "dense-49", "--no-guard", "--into", here)
    assert asked == [
        (RunSpec("dense-49"), "auto"), (RunSpec("dense-49", recipe={"guard": False}), "auto")
    ]  # fmt: skip
