"""A family of somebody's own: one file in their folder, from the command line to the pages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from ae_core import checkpoints, models
from ae_core.errors import UserError
from ae_core.export import browser_models, onnx_files
from ae_core.models import FAMILIES, FAMILY_OF, families
from pages.ui.browser import told
from tests.conftest import ROOT
from tests.pages.app_pages import code, opened, press, words

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))

SWITCHES = '''
"""Switches and a class: numbers of three levels, then one number for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from ae_core.models.base import MNIST_SHAPE, Autoencoder, ImageShape
from ae_core.models.family import Family, Preset
from ae_core.options import Options, option
from ae_core.recipes import FAST
from ae_core.types import Images, Latents


@dataclass(frozen=True)
class Config(Options):
    switches: int = option(6, "Numbers of three levels", low=1, high=64)
    loss: Literal["bce", "mse"] = option("mse", "Training loss")


class Switches(Autoencoder):
    code_classes, code_levels = 10, 3

    def __init__(self, config: Config, image_shape: ImageShape = MNIST_SHAPE) -> None:
        super().__init__(config, image_shape)
        self.encoder = nn.Linear(self.pixels, self.latent_dim)
        self.decoder = nn.Sequential(nn.Linear(self.latent_dim, self.pixels))

    @classmethod
    def code_size(cls, config: Config, image_shape: ImageShape) -> int:
        return config.switches + 10

    def encode(self, x: Images) -> Latents:
        z = self.encoder(x.flatten(1)).float().tanh()
        return z + (self.nearest_possible(z) - z).detach()


FAMILY = Family(
    title="Switches",
    summary="Six switches and the name of a class.",
    model=Switches,
    config=Config,
    presets={"switches-16": {"fast": Preset(Config(), FAST)}},
)
'''

WITH_VIEWS = """
from ae_core.models.families import _names, switches
from ae_core.models.family import Family, Preset
from ae_core.recipes import FAST


class Seen(switches.Switches):
    views = _names.VIEWS


FAMILY = Family(
    title="Switches that are seen",
    summary="The same, with what is special to show.",
    model=Seen,
    config=switches.Config,
    presets={"seen-16": {"fast": Preset(switches.Config(), FAST)}},
)
"""


@dataclass(frozen=True)
class Own:
    """The folder of the families, and that of the model trained from the command line."""

    folder: Path
    trained: Path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Own:
    """Two families in a folder, and a model of the first, trained by a process."""
    root = tmp_path_factory.mktemp("own")
    (root / "families").mkdir()
    (root / "families" / "switches.py").write_text(SWITCHES)
    (root / "families" / "seen.py").write_text(WITH_VIEWS)
    (root / "families" / "_names.py").write_text('VIEWS = ("levels", "class_and_style")\n')
    command = (
        "train switches-16 --set digits --steps 20 --switches 4 --name own --keep-codes --json"
    )
    ended = ae_core(command, AE_FAMILIES=str(root / "families"), AE_HOME=str(root))
    assert ended.returncode == 0, ended.stderr
    return Own(root / "families", root / "checkpoints" / "own")


@pytest.fixture
def known(own: Own, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The families are known to this process too, and the model is there."""
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(own.folder)])
    found = models.find_families()
    assert found.keys() - FAMILIES.keys() == {"switches", "seen"}
    for name in ("switches", "seen"):
        monkeypatch.setitem(FAMILIES, name, found[name])
        monkeypatch.setitem(FAMILY_OF, f"{name}-16", name)
    shutil.copytree(own.trained, home / "checkpoints" / "own")


def ae_core(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ae_core", *command.split()],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def seen_from(name: str, home: Path) -> None:
    """The same weights as a model of the family with views."""
    folder = home / "checkpoints" / name
    shutil.copytree(home / "checkpoints" / "own", folder)
    card = json.loads((folder / "card.json").read_text())
    card |= {"name": name, "family": "seen", "preset": "seen-16"}
    (folder / "card.json").write_text(json.dumps(card))


def run(network: bytes, rows: torch.Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: rows.numpy()})[0])


@pytest.mark.usefixtures("known")
def test_own_family_has_a_card_and_codes_of_what_it_says_of_itself() -> None:
    found = checkpoints.load("own")
    assert (found.card.family, found.card.preset) == ("switches", "switches-16")
    assert found.card.config == {"switches": 4, "loss": "mse"}
    assert found.card.command.startswith("python -m ae_core train switches-16")
    assert (found.model.latent_dim, found.model.free_numbers) == (14, 4)
    assert found.codes is not None
    assert set(found.codes[:, :4].flatten().tolist()) <= {-1.0, 0.0, 1.0}
    assert torch.equal(found.codes[:, 4:].sum(1), torch.ones(len(found.codes)))


@pytest.mark.usefixtures("known")
def test_own_family_is_exported_and_runs_in_the_browser() -> None:
    found = checkpoints.load("own")
    x = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    z = found.model.encode(x)
    np.testing.assert_allclose(run(onnx_files.onnx_bytes(found.model, "encoder"), x), z, atol=1e-5)
    for part, rows, expected in (("encoder", x, z), ("decoder", z, found.model.decode(z))):
        network = browser_models.part("own", found.card.weights_sha256, part)
        np.testing.assert_allclose(run(network, rows), expected, atol=1e-5)
    said = told.model(found.card)
    assert (said["dim"], said["free"], said["levels"], said["variational"]) == (14, 4, 3, False)


@pytest.mark.usefixtures("known", "fresh_caches")
def test_own_family_opens_on_every_page() -> None:
    for script in PAGES:
        app = opened(script, model="own")
        assert not app.exception, script
        assert [error.value for error in app.error] == [], script
        if script == "models":
            assert "Switches" in words(app)


@pytest.mark.usefixtures("known", "fresh_caches", "server_decodes")
def test_own_family_is_moved_by_its_levels_and_its_classes() -> None:
    app = opened("latent_space", model="own")
    assert {(each.min, each.max, each.step) for each in app.slider} == {(-1.0, 1.0, 1.0)}
    assert len(app.slider) == 4
    app.button_group(key="class:own").set_value(7).run()
    assert code(app)[4:] == [float(index == 7) for index in range(10)]
    press(app, "Random code")
    assert set(code(app)[:4]) <= {-1.0, 0.0, 1.0}
    assert "handwriting" not in words(app)


@pytest.mark.usefixtures("known", "fresh_caches")
def test_own_family_is_shown_by_the_views_that_it_names(home: Path) -> None:
    seen_from("looked-at", home)
    text = words(opened("latent_space", model="looked-at"))
    assert "one of 3 levels" in text
    assert "One handwriting, every class" in text


@pytest.mark.usefixtures("known", "fresh_caches")
def test_view_that_is_not_there_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen_from("looked-at", home)
    monkeypatch.setattr(FAMILIES["seen"].model, "views", ("aura",))
    app = opened("latent_space", model="looked-at")
    assert not app.exception
    assert "names the view 'aura'. There are: sparse\\_numbers, levels" in app.error[0].value


def test_folder_of_families_that_is_not_there_is_named_in_one_sentence(tmp_path: Path) -> None:
    ended = ae_core("models", AE_FAMILIES=str(tmp_path / "gone"))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("Error: AE_FAMILIES is ")
    assert ended.stderr.count("\n") == 1


def test_ctrl_c_while_it_is_importing_ends_it_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("raise KeyboardInterrupt\n")
    ended = ae_core("models", AE_FAMILIES=str(tmp_path))
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("dense.py", "FAMILY = None", r"There is a family dense already\. Rename .*dense\.py\."),
        ("hollow.py", "", r"hollow\.py declares no FAMILY"),
    ],
)
def test_file_that_is_no_new_family_is_refused(
    file: str, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / file).write_text(text)
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    with pytest.raises(UserError, match=said):
        models.find_families()


def test_preset_of_two_families_is_refused() -> None:
    twice = {"dense": FAMILIES["dense"], "wide": FAMILIES["dense"]}
    with pytest.raises(UserError, match="families dense and wide both have a preset dense-49"):
        models.family_of_each_preset(twice)
