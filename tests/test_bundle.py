"""The archive of `make bundle`: complete, the same each time, and installed without a network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from scripts import bundle, frontend
from tests.conftest import ROOT


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock of one package, whose wheel lies beside it; pip finds no other."""
    wheel = tmp_path / "index" / "small_thing-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    about = "small_thing-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("small_thing.py", "WORD = 'here'\n")
        file.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: small-thing\nVersion: 1.0\n"
        )
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    path = tmp_path / "requirements.lock"
    path.write_text(
        f"# of a test\nsmall-thing==1.0 \\\n    --hash=sha256:{digest}\n"
        f"elsewhere==2.0 ; sys_platform == 'plan9' \\\n    --hash=sha256:{digest}\n"
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return path


def test_the_lock_names_what_belongs_to_this_machine() -> None:
    found = bundle.wanted(bundle.LOCK.read_text("utf-8"))
    assert {"torch", "streamlit"} <= found
    assert ("triton" in found) == (sys.platform == "linux")


@pytest.mark.long
def test_a_lock_whose_packages_are_not_to_be_had_makes_no_archive(
    lock: Path, tmp_path: Path
) -> None:
    lock.write_text(lock.read_text().replace(" ; sys_platform == 'plan9'", ""))
    with pytest.raises(subprocess.CalledProcessError):
        bundle.collect(lock, tmp_path / "wheels")
    assert not (tmp_path / "wheels" / "requirements.txt").exists()


def test_the_archive_holds_all_that_the_app_needs_and_is_the_same_each_time(
    lock: Path, tmp_path: Path
) -> None:
    wheels = tmp_path / "wheels"
    bundle.collect(lock, wheels)
    name = bundle.archive_name(cpu=False)
    archives = [tmp_path / folder / name for folder in ("one", "two")]
    for archive in archives:
        bundle.write(archive, wheels, bundle.sources())
    assert len({hashlib.sha256(archive.read_bytes()).digest() for archive in archives}) == 1
    with tarfile.open(archives[0]) as tar:
        held = {Path(member).relative_to(Path(name).stem) for member in tar.getnames()}
    shipped = {path.name for path in (ROOT / "checkpoints").iterdir()}
    assert {path.parts[1] for path in held if path.parts[0] == "checkpoints"} >= shipped
    needed = ["app.py", "install.sh", "requirements.lock", "limits.toml", "pages/home.py",
              ".streamlit/config.toml", "frontend/build/manifest.json", "wheels/requirements.txt",
              "wheels/small_thing-1.0-py3-none-any.whl"]  # fmt: skip
    assert set(map(Path, needed)) <= held
    assert not [path for path in held if {".git", "node_modules", "var"} & set(path.parts)]


def unpacked(lock: Path, folder: Path) -> Path:
    archive = folder / bundle.archive_name(cpu=False)
    wheels = folder / "wheels"
    bundle.collect(lock, wheels)
    bundle.write(archive, wheels, bundle.sources())
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.stem


@pytest.mark.long
def test_another_python_is_refused_by_name(lock: Path, tmp_path: Path) -> None:
    place = unpacked(lock, tmp_path)
    (place / "wheels" / "made-for").write_text("Plan9 mips 2.7\n")
    done = subprocess.run(["sh", "install.sh"], cwd=place, capture_output=True, text=True)
    assert done.returncode == 1
    assert "This archive is for Plan9 mips 2.7, and this machine has" in done.stderr


@pytest.mark.long
def test_the_archive_installs_where_there_is_no_network(lock: Path, tmp_path: Path) -> None:
    place = unpacked(lock, tmp_path)
    nowhere = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    nowhere |= {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    apart = ["unshare", "--net", "--map-root-user"]
    can = shutil.which("unshare") and subprocess.run([*apart, "true"]).returncode == 0
    command = [*(apart if can else []), "sh", "install.sh"]
    subprocess.run(command, cwd=place, env=nowhere, check=True)
    python = str(place / ".venv" / "bin" / "python")
    said = subprocess.run(
        [python, "-c", "import small_thing; print(small_thing.WORD)"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert said.stdout == "here\n"
    built = [python, "-c", "from scripts import frontend; print(frontend.is_built())"]
    said = subprocess.run(built, capture_output=True, text=True, check=True, cwd=place)
    assert said.stdout == f"{frontend.is_built()}\n" == "True\n"
