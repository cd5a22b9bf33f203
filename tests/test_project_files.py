"""What the project's own files say of it: the same in each of them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

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


def test_the_citation_is_of_this_version(pyproject: dict[str, Any]) -> None:
    for key in ("version", "license"):
        assert value_in("CITATION.cff", key) == pyproject["project"][key]


def test_an_installed_ae_core_has_every_file_of_its_own(pyproject: dict[str, Any]) -> None:
    packed = {
        file
        for package, patterns in pyproject["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for file in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    files = {
        file for file in ROOT.joinpath("ae_core").rglob("*.*") if "__pycache__" not in file.parts
    }
    assert {file for file in files if file.suffix != ".py"} == packed
