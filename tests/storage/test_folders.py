"""Files and folders are there whole or not at all, whatever was left half done before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ae_core.storage import folders
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folders.write_whole(tmp_path / "kept", "tiny", {"card.json": b"{}"})
    return tmp_path / "kept" / "tiny"


def listed(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*"))


def test_a_deleted_folder_leaves_nothing(folder: Path) -> None:
    folders.remove(folder)
    assert list(folder.parent.iterdir()) == []


def test_a_folder_can_be_deleted_after_a_deletion_that_was_cut_short(folder: Path) -> None:
    for left in (".tiny-deleted", ".tiny-abc.left"):
        folders.write_whole(folder.parent, left, {"card.json": b"{}"})
    folders.remove(folder)
    assert not folder.exists()


def test_deleting_what_is_not_there_does_nothing(folder: Path) -> None:
    folders.remove(folder.with_name("other"))
    folders.remove(folder.parent / "nowhere" / "tiny")
    assert list(folder.parent.iterdir()) == [folder]


def test_many_who_write_the_same_file_at_once_leave_one_of_theirs(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "state.json"
    data = [bytes([number]) * 200_000 for number in range(8)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda each: folders.write_file(path, each, lasts=False), data * 20))
    assert path.read_bytes() in data
    assert listed(path.parent) == ["state.json"]


STOPS = """
import os, signal, sys
from pathlib import Path
from ae_core.storage import folders

root, rename, at = Path(sys.argv[1]), Path.rename, int(sys.argv[2])
calls = 0

def killed(path, target):
    global calls
    calls += 1
    if calls == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(path, target)

Path.rename = killed
folders.write_whole(root, "tiny", {"card.json": b"new"})
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("at", "said"), [(1, b"{}"), (2, b"{}"), (3, b"new")])
def test_a_folder_whose_writer_is_killed_between_two_renames_is_there_again(
    folder: Path, at: int, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", STOPS, str(folder.parent), str(at)]
    assert subprocess.run(command, cwd=ROOT).returncode == -9
    monkeypatch.setattr(folders, "NEW_SECONDS", 0.0)
    folders.tidy(folder.parent)
    assert (folder / "card.json").read_bytes() == said
    assert listed(folder.parent) == ["card.json", "tiny"]


def test_what_is_being_written_is_not_tidied_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "NEW_SECONDS", 0.0)
    begun, tidied = threading.Event(), threading.Event()

    def slowly():
        yield b"first"
        begun.set()
        assert tidied.wait(20)
        yield b" and last"

    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(folders.write_whole, tmp_path, "tiny", {"card.json": slowly()})
        assert begun.wait(20)
        folders.tidy(tmp_path)
        tidied.set()
        written.result()
    assert (tmp_path / "tiny" / "card.json").read_bytes() == b"first and last"


def test_what_was_left_goes_once_it_is_old(tmp_path: Path) -> None:
    (left := tmp_path / "jobs" / ".state.safetensors-abc.left").parent.mkdir()
    left.write_bytes(b"half")
    folders.tidy(tmp_path)
    assert left.exists()
    os.utime(left, (time.time() - 100,) * 2)
    folders.tidy(tmp_path)
    assert not left.exists()
