"""What is installed is locked: every package, each of its files by its sha256."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import components, packages
from tests.conftest import ROOT

TESTED = "requirements-dev.lock"

LOCKS = {
    "requirements.lock": ["requirements.txt"],
    "requirements-server.lock": ["requirements-s3.txt", "requirements-postgresql.txt"],
    TESTED: ["requirements-dev.txt"],
    "frontend/node.lock": ["frontend/node.txt"],
}

ENVIRONMENTS = [
    {"python_version": version, "python_full_version": f"{version}.1", "sys_platform": system,
     "platform_system": name, "platform_machine": machine, "implementation_name": "cpython",
     "platform_python_implementation": "CPython", "os_name": "posix", "extra": ""}
    for version in ("3.11", "3.12", "3.13")
    for system, name, machine in (
        ("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"),
    )
]  # fmt: skip


def listed(name: str) -> list[Requirement]:
    """What a readable list asks for, with the lists that it takes in."""
    found = []
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line.startswith("-r "):
            found += listed(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


def locked(name: str) -> list[Requirement]:
    every = packages.entries((ROOT / name).read_text("utf-8"))
    return [Requirement(each.partition("\\")[0].strip()) for each in every]


def versions(name: str, environment: dict[str, str]) -> dict[str, str]:
    """What a lock installs somewhere: one version of each package."""
    found: dict[str, str] = {}
    for each in locked(name):
        if each.marker is None or each.marker.evaluate(environment):
            (only,) = each.specifier
            assert only.operator == "=="
            assert canonicalize_name(each.name) not in found, each.name
            found[canonicalize_name(each.name)] = only.version
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda each: " ".join(each.values())[:20])
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_what_its_list_asks_for_on_every_system(
    lock: str, environment: dict[str, str]
) -> None:
    installed = versions(lock, environment)
    for name in LOCKS[lock]:
        for asked in listed(name):
            assert asked.specifier.contains(installed[canonicalize_name(asked.name)]), asked


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=sha256:)", text, re.MULTILINE)
    for entry in packages.entries(text):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", entry), entry


def test_what_a_package_needs_is_locked_with_it() -> None:
    environment = {**ENVIRONMENTS[0], "python_version": f"3.{sys.version_info.minor}"}
    installed = versions("requirements.lock", environment)
    looked_at = 0
    for name, version in installed.items():
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:  # as CUDA on a machine without it
            continue
        if found.version.partition("+")[0] != version:
            continue
        looked_at += 1
        for needed in map(Requirement, found.requires or ()):
            if needed.marker is None or needed.marker.evaluate(environment):
                there = installed.get(canonicalize_name(needed.name))
                assert there and needed.specifier.contains(there), f"{name} needs {needed}"
    assert looked_at > 50


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-server.lock"])
def test_what_is_run_is_what_was_tested(lock: str) -> None:
    for environment in ENVIRONMENTS:
        assert versions(lock, environment).items() <= versions(TESTED, environment).items()


def test_without_cuda_everything_but_pytorch_is_known_by_its_hash() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    torch, rest = packages.without_cuda(text)
    assert [each.partition("==")[0] for each in torch] == ["torch", "torchvision"]
    left = {Requirement(each.partition("\\")[0].strip()).name for each in packages.entries(rest)}
    gone = {each.name for each in locked("requirements.lock")} - left - {"torch", "torchvision"}
    assert {"sympy", "networkx", "numpy", "streamlit"} <= left
    assert "triton" in gone
    assert all(name.startswith(("nvidia", "cuda")) for name in gone - {"triton"})
    needs_cuda = [each for each in locked("requirements.lock") if each.name in gone]
    assert all("linux" in str(each.marker) for each in needs_cuda)


@pytest.mark.long
def test_the_components_of_the_app_are_listed(tmp_path: Path) -> None:
    python, browser = components.write(tmp_path)
    for path, lock in ((python, {each.name for each in locked("requirements.lock")}),
                       (browser, {"onnxruntime-web", "gifenc"})):  # fmt: skip
        bom = json.loads(path.read_text("utf-8"))
        assert bom["bomFormat"] == "CycloneDX"
        assert bom["metadata"]["component"]["version"] == "0.1.0"
        assert lock <= {each["name"] for each in bom["components"]}
        assert all(each["version"] and each["purl"] for each in bom["components"])


@pytest.mark.parametrize(
    ("said", "cpu"), [([], False), (["TORCH=cpu"], True), (["TORCH=cuda"], False)]
)
def test_make_run_installs_the_lock_and_pytorch_without_cuda_where_that_is_asked_for(
    tmp_path: Path, said: list[str], cpu: bool
) -> None:
    command = ["make", "--dry-run", "run", f"VENV={tmp_path}", *said]
    # `make test` runs this test and hands its own options and variables on.
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MF"))
    }
    steps = subprocess.run(
        command, cwd=ROOT, env=ours, capture_output=True, text=True, check=True
    ).stdout
    (install,) = [line for line in steps.splitlines() if "scripts.packages" in line]
    assert install.split()[-1] == "requirements.lock"
    assert ("--torch cpu" in install) is cpu
    assert steps.rstrip().endswith("python app.py")
