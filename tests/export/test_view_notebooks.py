"""Notebooks of a view: their cells run with `ae_core` alone, and find the figures of the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ae_core import checkpoints, image_sets, latent
from ae_core.export import browser_models, view_notebooks
from ae_core.latent import flat_maps
from ae_core.latent.coded_images import coded
from tests.conftest import ROOT

ALONE = "import sys\nassert not {'streamlit', 'pages', 'server'} & set(sys.modules)"


def ran(notebook: bytes, folder: Path) -> list[str]:
    """What the code cells of a notebook print, in a Python that has only `ae_core` imported."""
    cells = json.loads(notebook)["cells"]
    source = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    script = folder / "notebook.py"
    script.write_text("\n\n".join([*source, ALONE]), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AE_HOME": str(folder / "home")}
    done = subprocess.run(
        [sys.executable, script], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_notebook_of_a_map_finds_the_nearest_image_of_the_page(tmp_path: Path) -> None:
    kept = checkpoints.load("digits-vae-conv-2")
    codes, labels = browser_models.codes_of(kept)
    z = [0.25, -1.5]
    walk = [0.0, 1.0, 1.5, -0.5]
    notebook = view_notebooks.of_map(kept.card, z, walk=walk, way="arc", link="http://here/?z=1")
    number, name, distance = ran(notebook, tmp_path)
    nearest = int(latent.nearest(codes, torch.tensor(z))[0])
    assert int(number) == nearest
    assert name == str(int(labels[nearest]))
    assert float(distance) == pytest.approx(float((codes[nearest] - torch.tensor(z)).norm()))
    assert "spherical_walk(start, end" in notebook.decode()
    assert "<http://here/?z=1>" in notebook.decode()


def test_a_walk_that_only_the_map_knows_is_left_out() -> None:
    card = checkpoints.card("digits-vae-conv-2")
    walk = [0.0, 1.0, 1.5, -0.5]
    for other in (
        view_notebooks.of_map(card, [0.0, 0.0]),
        view_notebooks.of_map(card, [0.0, 0.0], walk=walk, way="along-the-data"),
    ):
        assert "path =" not in other.decode()


@pytest.mark.long
@pytest.mark.parametrize("name", ["digits-dense-49", "digits-tanh-3"])
def test_the_notebook_of_codes_finds_the_trustworthiness_of_the_page(
    name: str, tmp_path: Path
) -> None:
    kept = checkpoints.load(name)
    printed = ran(view_notebooks.of_codes(kept.card, "digits", way="pca"), tmp_path)
    if kept.card.latent_dim < 4:  # its map needs no squeezing
        assert printed == []
        return
    z = coded(kept, image_sets.load("digits"), at_once=True).z
    trust = flat_maps.trustworthiness(z, flat_maps.flat(z, "pca"))
    assert float(printed[0]) == pytest.approx(trust, abs=1e-4)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "axes"), [("digits-dense-49", ()), ("digits-dense-49", (3, 7)), ("mnist-ae-1", ())]
)
def test_the_notebook_of_a_map_runs_for_codes_of_any_size(
    name: str, axes: tuple[int, ...], tmp_path: Path
) -> None:
    card = checkpoints.card(name)
    assert len(ran(view_notebooks.of_map(card, [0.5] * card.latent_dim, axes=axes), tmp_path)) == 3
