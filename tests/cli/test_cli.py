"""The command line: what it prints, what it leaves behind, and how it refuses."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
import torchvision
from PIL import Image, ImageDraw

from ae_core import checkpoints, latent
from ae_core.cli import main
from ae_core.cli.train import holding
from ae_core.errors import UserError
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder
from ae_core.noise import NOISES, Gaussian
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.training import loop, runs
from ae_core.training.loop import Event, Training
from ae_core.training.runs import RunSpec
from tests.conftest import ROOT, Mnist

QUICK = [
    "train", "tanh-3", "--set", "digits", "--recipe", "published", "--widths", "8",
    "--name", "quick",
]  # fmt: skip


def declared(preset: str) -> list[Option]:
    """The options of a preset's network and recipe."""
    return [*FAMILIES[FAMILY_OF[preset]].config.declared(), *Recipe.declared()]


class Ran:
    """What one command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """The last line, which with --json is the result."""
        return json.loads(self.out.splitlines()[-1])

    def check_refused(self, *said: str) -> None:
        """Exit code 2, nothing printed but one line of error that holds these words."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("Error: ")
        assert self.err.count("\n") == 1
        assert self.err.rstrip().endswith((".", ".`", "`."))
        for words in said:
            assert words in self.err


@pytest.fixture
def ae(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in this process."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main([str(word) for word in words])
        return Ran(ended.value.code or 0, *capsys.readouterr())  # type: ignore[arg-type]

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to work in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[RunSpec, str]]:
    """What is asked of `runs.start`, which then trains nothing."""
    specs: list[tuple[RunSpec, str]] = []

    def refuse(spec: RunSpec, *, on: str, root: Path | None) -> None:
        specs.append((spec, on))
        raise UserError("Enough.")

    monkeypatch.setattr(runs, "start", refuse)
    return specs


def draw_digit(path: Path) -> Path:
    """A picture of a one, in ink on paper."""
    picture = Image.new("L", (120, 160), 240)
    ImageDraw.Draw(picture).line([(70, 25), (55, 135)], fill=20, width=14)
    picture.save(path)
    return path


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_models_lists_what_can_be_trained_and_what_can_be_used(ae, tiny: str) -> None:
    ran = ae("models")
    assert ran.code == 0
    for name in (*FAMILY_OF, tiny):
        assert name in ran.out
    assert "77,665" in ran.out
    assert ran.err == ""


def test_models_as_json_is_one_document(ae, tiny: str) -> None:
    ran = ae("models", "--json")
    listed = json.loads(ran.out)
    assert set(listed["families"]) == set(FAMILIES)
    assert listed["families"]["sparse"]["presets"] == {
        "sparse-16": ["published", "fast"],
        "sparse-silu-16": ["fast"],
    }
    assert tiny in [card["name"] for card in listed["checkpoints"]]
    assert listed["broken"] == []


def test_models_says_which_folders_are_broken_and_lists_the_others(ae, tiny: str) -> None:
    root = settings().checkpoint_roots[0]
    for name in ("[bold]odd[/]", "[/x]"):
        (root / name.replace("/", "")).mkdir()
        (root / name.replace("/", "") / "card.json").write_text("{")
    ran = ae("models")
    assert ran.code == 0
    assert tiny in ran.out
    assert "The folder '[bold]odd[]' is not a whole checkpoint" in ran.out
    assert len(ae("models", "--json").json["broken"]) == 2


def test_evaluate_measures_on_the_set_that_the_model_was_trained_on(
    ae, tiny: str, digits: ImageSet
) -> None:
    expected = evaluate(checkpoints.load(tiny).model, digits.test)
    ran = ae("evaluate", tiny, "--json")
    assert ran.json == {"name": tiny, "image_set": "digits", "metrics": expected}
    shown = ae("evaluate", tiny)
    assert shown.code == 0
    assert "360 test images" in shown.out
    for name, value in expected.items():
        assert name in shown.out
        assert f"{value:.4f}" in shown.out


def test_evaluate_measures_on_another_set_when_asked(ae, tiny: str, mnist: Mnist) -> None:
    ran = ae("evaluate", tiny, "--set", "mnist", "--json")
    assert ran.json["image_set"] == "mnist"
    assert 0 < ran.json["metrics"]["mse"] < 0.2


def test_name_that_only_the_app_gives_is_refused(ae) -> None:
    for command in (("train", "ae-2", "--set", "digits"), ("classify", "digits-tanh-3")):
        ae(*command, "--steps", "1", "--name", "my-best").check_refused(
            "are for what people make in the app"
        )


def test_reconstruct_draws_the_originals_over_the_results(ae, tiny: str, here: Path) -> None:
    files = [draw_digit(here / "one.png"), draw_digit(here / "[two].png")]
    ran = ae("reconstruct", tiny, *files, "--json")
    assert ran.code == 0
    assert ran.json["out"] == "reconstructions.png"
    assert list(ran.json["mse"]) == [str(file) for file in files]
    assert all(0 < error < 0.3 for error in ran.json["mse"].values())
    picture = pixels(here / "reconstructions.png")
    assert picture.shape == (56, 56)
    original, result = picture[:28, :28] / 255, picture[28:, :28] / 255
    assert original.max() == 1
    assert original[:, :3].max() == 0
    error = ((original - result) ** 2).mean()
    assert error == pytest.approx(ran.json["mse"][str(files[0])], abs=1e-3)
    assert (picture[:, :28] == picture[:, 28:]).all()


def test_reconstruct_says_how_far_off_each_picture_is(ae, tiny: str, here: Path) -> None:
    file = draw_digit(here / "[one].png")
    ran = ae("reconstruct", tiny, file, "--out", "to.png")
    assert ran.code == 0
    assert f"{file}: MSE 0." in ran.out
    assert ran.out.endswith("Wrote to.png.\n")
    assert (here / "to.png").is_file()


def test_reconstruct_refuses_what_is_no_picture_of_a_digit(ae, tiny: str, here: Path) -> None:
    Image.new("L", (60, 60), 200).save(here / "blank.png")
    (here / "text.png").write_text("no picture")
    ae("reconstruct", tiny, "none.png").check_refused("none.png", "No such file")
    ae("reconstruct", tiny, "text.png").check_refused("text.png")
    ae("reconstruct", tiny, "blank.png").check_refused()
    ae("reconstruct", tiny, here).check_refused(str(here), "Is a directory")
    ae("reconstruct", tiny).check_refused("Missing argument")
    assert not (here / "reconstructions.png").exists()


def test_reconstruct_refuses_a_model_of_other_images(ae, tiny: str, here: Path) -> None:
    save_colour_model()
    ae("reconstruct", "colour", draw_digit(here / "one.png")).check_refused(
        "colour does not take digits of 28 x 28 pixels"
    )


@pytest.mark.parametrize(
    "code",
    [
        ["--code", "0.02", "-0.543", "-0.012"],
        ["--code", "0.02,-0.543,-0.012"],
        ["--code", "0.02 -0.543 -0.012"],
        ["--code=0.02,-0.543,-0.012"],
        ["--code", "+0.02", "-.543", "-12e-3"],
        ["--code", "[0.02,-0.543,-0.012]"],
    ],
    ids=" ".join,
)
def test_decode_takes_a_code_typed_by_hand(ae, code: list[str], tiny: str, here: Path) -> None:
    ran = ae("decode", tiny, *code, "--out", "x.png", "--json")
    assert ran.code == 0
    assert ran.json["out"] == "x.png"
    assert ran.json["code"] == pytest.approx([0.02, -0.543, -0.012])
    z = latent.parse_code("0.02 -0.543 -0.012", 3).unsqueeze(0)
    image = checkpoints.load(tiny).model.decode(z)[0, 0].numpy()
    assert np.abs(pixels(here / "x.png") / 255 - image).max() < 0.003


def test_decode_takes_the_code_after_the_other_options(ae, tiny: str, here: Path) -> None:
    ran = ae("decode", tiny, "--out", "[x].png", "--code", "-1", "-2", "-3")
    assert (ran.code, ran.out, ran.err) == (0, "Wrote [x].png.\n", "")
    assert pixels(here / "[x].png").shape == (28, 28)


def test_decode_draws_colour_where_the_model_has_it(ae, tiny: str, here: Path) -> None:
    save_colour_model()
    ran = ae("decode", "colour", "--code", "0", "0", "0")
    assert ran.code == 0
    assert pixels(here / "decoded.png").shape == (32, 32, 3)


@pytest.mark.parametrize(
    "code",
    [
        ["--code", "1", "2"],
        ["--code", "1", "2", "3", "4"],
        ["--code", "1", "2", "1e9"],
        ["--code", "nan,1,2"],
        ["--code", "inf,1,2"],
        ["--code", ""],
        ["--code", "one two three"],
    ],
    ids=" ".join,
)
def test_decode_refuses_what_is_no_code(ae, code: list[str], tiny: str, here: Path) -> None:
    ae("decode", tiny, *code).check_refused("A code of this model is 3 numbers between")
    assert list(here.iterdir()) == []


def test_decode_refuses_half_a_command(ae, tiny: str, here: Path) -> None:
    ae("decode", tiny).check_refused("Missing option '--code'", "decode --help")
    ae("decode", tiny, "--code").check_refused("A code of this model is 3 numbers")
    ae("decode", tiny, "--code", "--out", "x.png").check_refused("A code of this model")
    for words in (("1", "2", "nan"), ("a", "b", "c"), ("1", "b")):
        ae("decode", tiny, "--code", *words).check_refused("A code of this model is 3 numbers")
    ae("decode").check_refused("Missing")


def test_a_picture_that_cannot_be_written_is_refused(ae, tiny: str, here: Path) -> None:
    refused = ae("decode", tiny, "--code", "1", "2", "3", "--out", "nowhere/x.png")
    refused.check_refused("nowhere/x.png cannot be written", "No such file or directory")


def test_export_writes_both_halves(ae, tiny: str, here: Path) -> None:
    ran = ae("export", tiny, "--onnx", "--json")
    assert ran.json == {"files": ["tiny-onnx/encoder.onnx", "tiny-onnx/decoder.onnx"]}
    assert all((here / file).stat().st_size > 1000 for file in ran.json["files"])
    assert ran.err == ""


def test_export_says_where_it_wrote(ae, tiny: str, here: Path) -> None:
    ran = ae("export", tiny, "--onnx", "--out", "[to]")
    assert ran.out == "Wrote [to]/encoder.onnx and [to]/decoder.onnx.\n"


def test_export_refuses_no_form_and_no_folder(ae, tiny: str, here: Path) -> None:
    (here / "file").write_text("")
    ae("export", tiny).check_refused("--onnx")
    ae("export", tiny, "--onnx", "--out", "file").check_refused("file cannot be written")
    assert (here / "file").read_text() == ""


def test_fetch_is_content_when_mnist_is_there(ae, mnist: Mnist) -> None:
    ran = ae("fetch")
    assert (ran.code, ran.out) == (0, "MNIST is here: 60,000 images to train on.\n")
    assert ae("fetch", "--json").json == {"train": 60_000, "test": 10_000, "sha256": mnist.sha256}


@pytest.mark.parametrize("json_flag", [[], ["--json"]], ids=["plain", "json"])
def test_fetch_without_internet_is_refused(
    ae, json_flag: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(root: str, **_: Any) -> None:
        raise URLError("no internet")

    monkeypatch.setattr(torchvision.datasets, "MNIST", refuse)
    ran = ae("fetch", *json_flag)
    assert ran.code == 2
    assert ran.err.splitlines()[-1].startswith("Error: MNIST could not be downloaded")
    assert "no internet" in ran.err
    assert "Traceback" not in ran.err
    for line in ran.out.splitlines():
        assert list(json.loads(line)) == ["share"]
    assert list((tmp_path / "data").iterdir()) == []


def test_fetch_shows_how_far_it_is(
    ae, mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "data"))

    def copy(root: str, **_: Any) -> None:
        shutil.copytree(mnist.raw, Path(root) / "MNIST" / "raw")

    monkeypatch.setattr(torchvision.datasets, "MNIST", copy)
    lines = [json.loads(line) for line in ae("fetch", "--json").out.splitlines()]
    assert lines[-2] == {"share": 1.0}
    assert lines[-1]["train"] == 60_000


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


def test_a_time_limit_is_kept_on_the_card_as_a_number_of_steps(ae, home: Path) -> None:
    assert ae(*QUICK, "--seconds", "0.2", "--name", "quick").code == 0
    card = checkpoints.card("quick")
    assert "--seconds" not in card.command
    assert f"--steps {card.steps}" in card.command


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


REFUSED = {
    "an unknown model": (["train", "dense-50"], "No such command 'dense-50'"),
    "an unknown option": (["train", "dense-49", "--wings", "2"], "No such option: --wings"),
    "an unknown set": (["train", "dense-49", "--set", "letters"], "no image set 'letters'"),
    "a set that is not here": (["train", "dense-49"], "MNIST is not in"),
    "an unknown recipe": (
        [*QUICK, "--recipe", "slow"],
        "no recipe 'slow'. It has: published, fast",
    ),
    "an unknown choice": ([*QUICK, "--loss", "rage"], "loss is 'rage'; it can be bce, mse"),
    "a choice of another family": ([*QUICK, "--beta", "2"], "No such option: --beta"),
    "a number out of bounds": ([*QUICK, "--latent-dim", "0"], "'--latent-dim'"),
    "a learning rate of nothing": ([*QUICK, "--learning-rate", "0"], "'--learning-rate'"),
    "a learning rate of NaN": ([*QUICK, "--learning-rate", "nan"], "'--learning-rate'"),
    "words for a number": ([*QUICK, "--epochs", "many"], "'--epochs'"),
    "a fraction for a whole number": ([*QUICK, "--batch-size", "2.5"], "'--batch-size'"),
    "widths in words": ([*QUICK, "--widths", "a,b"], "'a,b' is not a list of whole numbers"),
    "fractions for widths": ([*QUICK, "--widths", "8.5"], "'8.5' is not a list of whole numbers"),
    "endless widths": ([*QUICK, "--widths", "inf"], "'inf' is not a list of whole numbers"),
    "no widths": ([*QUICK, "--widths", ""], "'' is not a list of whole numbers"),
    "a width out of bounds": ([*QUICK, "--widths", "8,0"], "widths is 0; it can be 1 to 2048"),
    "an unknown noise": ([*QUICK, "--noise", "purple"], "no noise 'purple'. There are: gaussian"),
    "noise too strong": ([*QUICK, "--noise", "gaussian:std=9"], "std is 9.0; it can be 0.0 to 1.0"),
    "noise in words": ([*QUICK, "--noise", "gaussian:std=much"], "'std=much' is not a number"),
    "noise without a value": ([*QUICK, "--noise", "gaussian:std"], "'std' is not a number"),
    "noise of NaN": ([*QUICK, "--noise", "gaussian:std=nan"], "std is nan; it can be 0.0 to 1.0"),
    "noise with a wrong option": ([*QUICK, "--noise", "gaussian:hue=1"], "no option 'hue'"),
    "a negative seed": ([*QUICK, "--seed", "-1"], "'--seed'"),
    "a seed too long for torch": ([*QUICK, "--seed", "9" * 30], "'--seed'"),
    "no steps": ([*QUICK, "--steps", "0"], "'--steps'"),
    "more steps than a life has": ([*QUICK, "--steps", "9" * 12], "'--steps'"),
    "no time": ([*QUICK, "--seconds", "0"], "'--seconds'"),
    "a time of NaN": ([*QUICK, "--seconds", "nan"], "'--seconds'"),
    "an endless time": ([*QUICK, "--seconds", "inf"], "'--seconds'"),
    "a name that climbs": (
        [*QUICK, "--name", "../../x"],
        "'../../x' cannot be a checkpoint's name",
    ),
    "a name too long": ([*QUICK, "--name", "x" * 300], "cannot be a checkpoint's name"),
    "mark-up for a name": ([*QUICK, "--name", "[/x]"], "'[/x]' cannot be a checkpoint's name"),
    "an unknown device": ([*QUICK, "--device", "abacus"], "no device 'abacus' here"),
    "nothing to resume": ([*QUICK, "--resume"], "There is no stopped run to resume in"),
    "a checkpoint that is not there": (["evaluate", "[/x]"], "There is no checkpoint '[/x]'"),
    "a hostile name": (["decode", "../x", "--code", "1"], "There is no checkpoint '../x'"),
    "nothing to export": (["export", "none", "--onnx"], "There is no checkpoint 'none'"),
    "an unknown command": (["dance"], "No such command 'dance'"),
    "a word too many": (["models", "twice"], "twice"),
}


@pytest.mark.parametrize("way", REFUSED)
def test_bad_input_is_refused_in_a_sentence_before_anything_is_done(
    ae, way: str, home: Path
) -> None:
    words, said = REFUSED[way]
    ae(*words).check_refused(said)
    ae(*words, "--json").check_refused(said)
    assert not home.exists()


def test_evaluating_on_an_unknown_set_is_refused(ae, tiny: str) -> None:
    ae("evaluate", tiny, "--set", "letters").check_refused("no image set 'letters'")


def test_a_run_that_explodes_is_refused_and_keeps_nothing(
    ae, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "GOOD_SECONDS", 1e9)  # nothing good is there yet
    words = ["train", "vae-conv-2", "--set", "digits", "--recipe", "published", "--json"]
    words += ["--optimizer", "sgd", "--learning-rate", "1", "--momentum", "0.99", "--steps", "60"]
    ran = ae(*words)
    assert ran.code == 2
    assert ran.err.startswith("Error: The loss became NaN or infinite at step ")
    assert not (home / "checkpoints").exists()


def test_a_disk_that_is_full_is_named(ae, home: Path) -> None:
    home.write_text("a file where the folder should be")
    ran = ae(*QUICK, "--steps", "2")
    assert ran.code == 2
    assert "Error: The checkpoint quick could not be saved" in ran.err


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


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "AE_HOME": str(home)}


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


def test_run_without_a_name_takes_the_next_free_one_and_is_resumed_under_it(
    ae, stopped: list[str]
) -> None:
    nameless = [*QUICK[: QUICK.index("--name")], "--steps", "3"]
    assert "Kept digits-tanh-3-2 after" in ae(*nameless).out
    assert "Kept digits-tanh-3-3 after" in ae(*nameless).out
    ae(*nameless, "--resume").check_refused("There is no stopped run to resume")


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


def test_the_program_itself_refuses_in_a_sentence(home: Path) -> None:
    command = [sys.executable, "-m", "ae_core", "evaluate", "[/x]"]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=120
    )
    Ran(ran.returncode, ran.stdout, ran.stderr).check_refused("There is no checkpoint '[/x]'")


def save_colour_model() -> None:
    """Keep an untrained model of 32 x 32 colour images under the name `colour`."""
    card = checkpoints.card("tiny")
    model = checkpoints.build("tanh", {"widths": [8]}, (3, 32, 32))
    colour = replace(
        card, name="colour", image_shape=(3, 32, 32), config=model.config.to_dict(), codes_sha256=""
    )
    checkpoints.save(colour, model)
