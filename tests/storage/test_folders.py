"""Files and folders are there whole or not at all, whatever was left half done before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ae_core.storage import folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folders.write_whole(tmp_path / "kept", "tiny", {"card.json": b"{}"})
    return tmp_path / "kept" / "tiny"


def test_a_deleted_folder_leaves_nothing(folder: Path) -> None:
    folders.remove(folder)
    assert list(folder.parent.iterdir()) == []


def test_a_folder_can_be_deleted_after_a_deletion_that_was_cut_short(folder: Path) -> None:
    for left in (".tiny-deleted", ".tiny-abc"):
        folders.write_whole(folder.parent, left, {"card.json": b"{}"})
    folders.remove(folder)
    assert not folder.exists()


def test_deleting_what_is_not_there_does_nothing(folder: Path) -> None:
    folders.remove(folder.with_name("other"))
    folders.remove(folder.parent / "nowhere" / "tiny")
    assert list(folder.parent.iterdir()) == [folder]
