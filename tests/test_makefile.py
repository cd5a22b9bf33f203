"""What `make run` would do, without doing it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ae_core.settings import ROOT


@pytest.mark.parametrize(
    ("said", "index"), [([], False), (["TORCH=cpu"], True), (["TORCH=cuda"], False)]
)
def test_pytorch_comes_without_cuda_where_that_is_asked_for(
    tmp_path: Path, said: list[str], index: bool
) -> None:
    command = ["make", "--dry-run", "run", f"VENV={tmp_path}", *said]
    # `make test` runs this test and hands its own options and variables on.
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MF"))
    }
    steps = subprocess.run(
        command, cwd=ROOT, env=ours, capture_output=True, text=True, check=True
    ).stdout
    installs = [line for line in steps.splitlines() if "-r requirements.txt" in line]
    assert len(installs) == 1
    assert ("--extra-index-url https://download.pytorch.org/whl/cpu" in installs[0]) is index
    assert steps.rstrip().endswith("python app.py")
