"""Bad input and bad luck: an exit code and one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ae_core.training import loop
from tests.cli.commands import QUICK, Ran, environment
from tests.conftest import ROOT

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
@pytest.mark.one_in(3)
def test_bad_input_is_refused_in_a_sentence_before_anything_is_done(
    ae, way: str, home: Path
) -> None:
    words, said = REFUSED[way]
    ae(*words).check_refused(said)
    ae(*words, "--json").check_refused(said)
    assert not home.exists()


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


def test_the_program_itself_refuses_in_a_sentence(home: Path) -> None:
    command = [sys.executable, "-m", "ae_core", "evaluate", "[/x]"]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=120
    )
    Ran(ran.returncode, ran.stdout, ran.stderr).check_refused("There is no checkpoint '[/x]'")
