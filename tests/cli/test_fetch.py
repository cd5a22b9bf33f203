"""`fetch`: MNIST is there, comes, or cannot be had."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import torchvision

from tests.conftest import Mnist


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
