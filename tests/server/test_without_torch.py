"""What a server that has just started shows and gives out before torch is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.export import browser_models
from ae_core.settings import ROOT
from ae_core.storage import kept
from server import live_files
from tests.pages.app_pages import components, opened

MODEL = "digits-vae-conv-2"

FIRST_VISIT = """
import json, sys
import streamlit as st
from streamlit.testing.v1 import AppTest
from pages.ui.shared import torch_parts
from server import live_files
torch_parts.wait = st.stop
app = AppTest.from_file("pages/ui/menu.py", default_timeout=60)
app.switch_page("../latent_space.py").run()
told = json.loads(app.get("bidi_component")[-1].proto.json)
parts = [told["model"][part].split("/")[2:] for part in ("decoder", "encoder", "codes")]
sizes = [len(live_files.MODEL_PARTS.make(*part)) for part in parts]
assert "torch" not in sys.modules
print(json.dumps([told["model"], told["z"], sizes]))
"""


def part_of(name: str, part: str) -> bytes:
    return live_files.MODEL_PARTS.make(name, checkpoints.card(name).weights_sha256, part)


def test_the_first_visitor_of_the_next_start_has_map_and_networks_without_torch() -> None:
    [live_map] = components(opened("latent_space"))
    codes = browser_models.labelled_codes(checkpoints.card(MODEL))
    sizes = [len(part_of(MODEL, part)) for part in ("decoder", "encoder", codes)]
    said = subprocess.run(
        [sys.executable, "-c", FIRST_VISIT], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert said.stdout, said.stderr[-3000:]
    told = json.loads(live_map.proto.json)
    assert told["model"]["name"] == MODEL
    assert json.loads(said.stdout) == [told["model"], told["z"], sizes]


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_what_is_kept_is_checked_and_made_again(home: Path, damage: bytes | None) -> None:
    first = part_of(MODEL, "decoder")
    [file] = [file for file in (home / kept.FOLDER).rglob("*") if file.is_file()]
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"!" if damage is None else damage)
    assert part_of(MODEL, "decoder") == first
    assert file.read_bytes() == whole


def test_nothing_is_kept_of_a_model_that_does_not_ship(home: Path) -> None:
    kept.made_of("my-model", ("decoder",), lambda: b"made")
    kept.made_of("../checkpoints/digits-vae-conv-2", ("decoder",), lambda: b"made")
    assert not (home / kept.FOLDER).exists()


def test_what_another_version_kept_goes(home: Path) -> None:
    former = home / kept.FOLDER / "0123456789abcdef"
    former.mkdir(parents=True)
    kept.keep((MODEL, "decoder"), b"made")
    assert kept.read((MODEL, "decoder")) == b"made"
    assert not former.exists()
