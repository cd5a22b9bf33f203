"""A classifier on the tiny checkpoint, trained once for all tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ae_core.image_sets import ImageSet
from tests.classifiers.small_runs import folder_of, kept


@pytest.fixture(scope="session")
def kept_folder(
    trained_folder: Path, tmp_path_factory: pytest.TempPathFactory, digits: ImageSet
) -> Path:
    root = tmp_path_factory.mktemp("classifiers")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AE_HOME", str(root))
        shutil.copytree(trained_folder, root / "checkpoints" / "tiny")
        return root / "checkpoints" / kept(name="reader").name


@pytest.fixture
def reader(kept_folder: Path, tiny: str) -> str:
    """The name of a classifier in `AE_HOME`, beside the checkpoint that it started from."""
    shutil.copytree(kept_folder, folder_of("reader"))
    return "reader"
