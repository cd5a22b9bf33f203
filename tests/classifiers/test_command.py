"""`classify` and its benchmark, and how `models` lists classifiers."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ae_core import classifiers
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.runs import ClassifierRun, ClassifierSpec
from ae_core.cli import main
from ae_core.training import loop
from ae_core.training.loop import Event, Training
from benchmarks import classifier as benchmark
from benchmarks import report
from tests.classifiers.small_runs import folder_of, ran

QUICK = ["tiny", "--steps", "5", "--labels", "20", "--threads", "1"]


def test_the_command_keeps_a_classifier_and_says_how_well_it_does(
    capsys: pytest.CaptureFixture[str], tiny: str, tmp_path: Path
) -> None:
    code, out, _ = ran(capsys, *QUICK, "--frozen", "--name", "mine")
    card = classifiers.card("mine")
    assert (code, card.frozen, card.steps) == (0, True, 5)
    assert out.startswith("Kept mine after 5 steps on 20 labelled images")
    assert f"{card.metrics['accuracy']:.2%} of 360 images recognised." in out
    ran(capsys, *QUICK, "--into", str(tmp_path / "elsewhere"))
    assert (tmp_path / "elsewhere" / "tiny-classifier" / "classifier.json").is_file()


def test_the_command_gives_json(capsys: pytest.CaptureFixture[str], tiny: str) -> None:
    code, out, err = ran(capsys, *QUICK, "--scratch", "--json")
    *events, last = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert events[-1]["event"]["step"] == 5
    assert last["whole"] is True
    assert last["classifier"] == classifiers.card("tiny-classifier").to_dict() | {
        "image_shape": [1, 28, 28]
    }
    assert last["classifier"]["scratch"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no checkpoint 'nothing'"),
        (["tiny", "--labels", "3"], "3 labelled images cannot be drawn"),
        (["tiny", "--name", "tiny"], "tiny is there already"),
        (["tiny", "--name", "tiny", "--replace"], "tiny is a checkpoint"),
        (["tiny", "--hold-out", "99999"], "Hold out 1 to"),
        (["tiny", "--shift", "99"], "--shift"),
        (["tiny", "--set", "zebras"], "There is no image set 'zebras'"),
        ([], "Missing argument 'checkpoint'"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tiny: str
) -> None:
    code, out, err = ran(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ") and err.count("\n") == 1
    assert said in err


def test_ctrl_c_keeps_what_was_learned_and_resuming_ends_in_the_same_bits(
    capsys: pytest.CaptureFixture[str], tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    iterate = Training.__iter__

    def interrupted(training: Training[Classifier]) -> Iterator[Event]:
        for event in iterate(training):
            signal.raise_signal(signal.SIGINT)
            yield event

    words = [*QUICK, "--precision", "float32"]
    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patched:
        patched.setattr(loop, "EVENT_SECONDS", 0)
        patched.setattr(Training, "__iter__", interrupted)
        code, out, _ = ran(capsys, *words)
    assert code == 130
    assert out.startswith("Kept tiny-classifier after 1 steps")
    assert "It was stopped; the same command with --resume goes on." in out
    assert signal.getsignal(signal.SIGINT) is before
    assert classifiers.card("tiny-classifier").steps == 1
    assert ran(capsys, *words, "--resume")[0] == 0
    ran(capsys, *words, "--name", "undisturbed")
    resumed, undisturbed = map(classifiers.card, ("tiny-classifier", "undisturbed"))
    assert (resumed.steps, resumed.weights_sha256) == (5, undisturbed.weights_sha256)


def test_the_benchmark_compares_both_on_the_same_labelled_images(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ClassifierSpec] = []
    start = classifier_runs.start

    def noted(spec: ClassifierSpec, **how: Any) -> ClassifierRun:
        asked.append(spec)
        return start(replace(spec, steps=2), **how)

    monkeypatch.setattr(classifier_runs, "start", noted)
    figures = benchmark.measure(tiny, labels=(10, 20), runs=2, hold_out=0)
    assert figures["gain_20"] == pytest.approx(figures["pretrained_20"] - figures["scratch_20"])
    assert 0 <= figures["scratch_10"] <= 1
    scratch = [spec for spec in asked if spec.scratch]
    pretrained = [spec for spec in asked if not spec.scratch]
    assert [replace(spec, scratch=False) for spec in scratch] == pretrained
    assert [(spec.labels, spec.seed) for spec in pretrained] == [(10, 0), (10, 1), (20, 0), (20, 1)]


def test_every_goal_of_the_benchmark_is_measured() -> None:
    wanted = report.goals("classifier")
    assert set(wanted) == {"gain_10", "gain_100", "gain_1000"}
    assert {f"gain_{count}" for count in benchmark.LABELS} >= set(wanted)


def test_models_lists_classifiers_and_says_which_are_broken(
    reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of("torn")
    folder.mkdir()
    (folder / "classifier.json").write_text("{")
    with pytest.raises(SystemExit):
        main.main(["models", "--json"])
    listed = json.loads(capsys.readouterr().out)
    assert [card["name"] for card in listed["classifiers"]] == [reader, "mnist-classifier"]
    assert "'torn'" in listed["broken"][0]["reason"]
    with pytest.raises(SystemExit):
        main.main(["models"])
    assert f"{classifiers.card(reader).metrics['accuracy']:.2%}" in capsys.readouterr().out
