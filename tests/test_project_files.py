"""What the project's own files say of it: the same in each of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scripts import catalogue

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def value_in(file: str, key: str) -> str:
    """What a YAML file says after the only `key:` of that name."""
    (value,) = re.findall(rf"^\s*{key}: (.+)$", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return str(value)


def test_every_supported_version_of_python_is_tested(pyproject: dict[str, Any]) -> None:
    stated = [
        found[1]
        for classifier in pyproject["project"]["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: (\d+\.\d+)", classifier))
    ]
    assert pyproject["project"]["requires-python"] == f">={stated[0]}"
    assert json.loads(value_in(".github/workflows/test.yml", "python")) == stated


def test_the_citation_and_the_browsers_part_are_of_this_version(pyproject: dict[str, Any]) -> None:
    for key in ("version", "license"):
        assert value_in("CITATION.cff", key) == pyproject["project"][key]
    package = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    assert package["version"] == pyproject["project"]["version"]


def test_the_wheel_has_every_file_that_the_app_needs(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT], check=True
    )
    (made,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(made).namelist())
    app = "latent_space_explorer"
    for folder, place in (
        ("ae_core", "ae_core"), ("checkpoints", f"{app}/checkpoints"), ("pages", f"{app}/pages"),
        ("server", f"{app}/server"), ("frontend/build", f"{app}/frontend/build"),
    ):  # fmt: skip
        files = [
            file for file in (ROOT / folder).rglob("*")
            if file.is_file() and not {"__pycache__", catalogue.PSEUDO} & set(file.parts)
        ]  # fmt: skip
        assert files
        assert {f"{place}/{file.relative_to(ROOT / folder)}" for file in files} <= packed
    for name in ("app.py", "__init__.py", "limits.toml", ".streamlit/config.toml"):
        assert f"{app}/{name}" in packed
    assert not [name for name in packed if name.startswith("tests") or "__pycache__" in name]
