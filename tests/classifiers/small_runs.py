"""Runs of a classifier on the tiny checkpoint that take a moment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.runs import ClassifierRun, ClassifierSpec
from ae_core.cli import main
from ae_core.settings import settings

PLAIN = ClassifierSpec(
    checkpoint="tiny",
    steps=12,
    head_width=16,
    precision="float32",
    memory_format="contiguous",
    threads=1,
)


def started(**changes: Any) -> ClassifierRun:
    return classifier_runs.start(replace(PLAIN, **changes), on="cpu")


def trained(**changes: Any) -> ClassifierRun:
    run = started(**changes)
    for _ in run.training:
        pass
    return run


def kept(**changes: Any) -> ClassifierCard:
    return classifier_runs.finish(trained(**changes))


def weights(run: ClassifierRun) -> dict[str, Tensor]:
    return {k: v.clone() for k, v in run.training.model.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor], part: str = "") -> bool:
    names = [name for name in one if name.startswith(part)]
    assert names and one.keys() == other.keys()
    return all(torch.equal(one[name], other[name]) for name in names)


def folder_of(name: str) -> Path:
    return settings().checkpoint_roots[0] / name


def change_card(folder: Path, **values: Any) -> None:
    path = folder / "classifier.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main.main(["classify", *words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err
