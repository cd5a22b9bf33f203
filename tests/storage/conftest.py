"""A store in a folder, machines that use it, and a checkpoint that one of them sent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ae_core.settings import settings
from ae_core.storage import sync
from tests.storage.machines import On


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store, to which `AE_HOME` points."""
    monkeypatch.setenv("AE_HOME", (tmp_path / "store").as_uri())
    return tmp_path / "store"


@pytest.fixture
def on(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> On:
    """Goes on as a process just started on the machine of that name; gives its folder."""

    def machine(name: str) -> Path:
        monkeypatch.setenv("AE_CACHE", str(tmp_path / name))
        sync.LISTINGS.clear()
        return tmp_path / name

    machine("here")
    return machine


@pytest.fixture
def tiny(on: On, trained_folder: Path) -> str:
    """The name of a checkpoint that was made here and sent."""
    shutil.copytree(trained_folder, settings().home / "checkpoints" / "tiny")
    sync.push(settings().home / "checkpoints" / "tiny")
    return "tiny"
