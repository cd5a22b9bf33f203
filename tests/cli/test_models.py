"""`models`, `evaluate` and `export`: what is there, how well it does, its two halves as files."""

from __future__ import annotations

import json
from pathlib import Path

from ae_core import checkpoints
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.settings import settings
from tests.conftest import Mnist


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


def test_evaluating_on_an_unknown_set_is_refused(ae, tiny: str) -> None:
    ae("evaluate", tiny, "--set", "letters").check_refused("no image set 'letters'")


def test_export_writes_both_halves(ae, tiny: str, here: Path) -> None:
    ran = ae("export", tiny, "--onnx", "--json")
    assert ran.json == {"files": ["tiny-onnx/encoder.onnx", "tiny-onnx/decoder.onnx"]}
    assert all((here / file).stat().st_size > 1000 for file in ran.json["files"])
    assert ran.err == ""


def test_export_says_where_it_wrote(ae, tiny: str, here: Path) -> None:
    ran = ae("export", tiny, "--onnx", "--out", "[to]")
    assert ran.out == "Wrote [to]/encoder.onnx and [to]/decoder.onnx.\n"


def test_export_writes_the_live_map_as_one_page(ae, tiny: str, here: Path) -> None:
    ran = ae("export", tiny, "--html", "--json")
    assert ran.json == {"files": ["tiny.html"]}
    assert (here / "tiny.html").read_text("utf-8").startswith("<!doctype html>")


def test_export_refuses_no_form_and_no_folder(ae, tiny: str, here: Path) -> None:
    (here / "file").write_text("")
    ae("export", tiny).check_refused("--onnx")
    ae("export", tiny, "--onnx", "--out", "file").check_refused("file cannot be written")
    assert (here / "file").read_text() == ""


def test_check_says_what_the_machine_has(ae, home: Path) -> None:
    ran = ae("check")
    assert len(ran.out.splitlines()) == 6
    assert "MNIST: not found, 1,797 built-in digits" in ran.out
    assert ae("check", "--json").json["Worker"] == {"says": "not running", "well": False}
