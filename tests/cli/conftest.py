"""A command in this process, a folder to work in, and runs that are only asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ae_core.cli import main
from ae_core.errors import UserError
from ae_core.texts import joined
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.cli.commands import Ran


@pytest.fixture
def ae(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in this process."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main([str(word) for word in words])
        return Ran(ended.value.code or 0, *capsys.readouterr())  # type: ignore[arg-type]

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to work in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[RunSpec, str]]:
    """What is asked of `runs.start`, which then trains nothing."""
    specs: list[tuple[RunSpec, str]] = []

    def refuse(spec: RunSpec, *, on: str, root: Path | None) -> None:
        specs.append((spec, on))
        raise UserError(joined("Enough."))

    monkeypatch.setattr(runs, "start", refuse)
    return specs
