"""Which checkpoints there are: what is listed, what is passed over, which names are none."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.settings import settings
from tests.checkpoints.folders import change_card, folder_of, is_a_plain_sentence, listing
from tests.shipped import SHIPPED


def test_a_folder_whose_name_cannot_be_asked_for_is_listed_as_broken(tiny: str) -> None:
    for odd in ("Two Words", "[bold]", "new\nline", "ü", "x" * 200):
        shutil.copytree(folder_of(tiny), folder_of(odd))
        change_card(folder_of(odd), name=odd)
    cards, broken = checkpoints.available()
    assert {card.name for card in cards} == {tiny, *SHIPPED}
    assert len(broken) == 5
    assert all(is_a_plain_sentence(folder.reason) for folder in broken)


def test_hidden_folders_and_single_files_are_passed_over(tiny: str) -> None:
    (folder_of(".half-written")).mkdir()
    folder_of("notes.txt").write_text("not a checkpoint")
    cards, broken = checkpoints.available()
    assert {card.name for card in cards} == {tiny, *SHIPPED}
    assert not broken


def test_without_a_home_there_is_what_ships() -> None:
    cards, broken = checkpoints.available()
    assert sorted(card.name for card in cards) == SHIPPED
    assert not broken


HOSTILE = [
    "../tiny",
    "tiny/../tiny",
    "..",
    ".",
    "",
    "/etc",
    "a/b",
    "a\\b",
    "C:",
    "tiny\n",
    "tiny\0",
    "Tiny",
    "-tiny",
    "tiny.json",
    "x" * 65,
    "x" * 300,
    "tïny",
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_no_checkpoint(name: str, tiny: str) -> None:
    for read in (checkpoints.card, checkpoints.load):
        with pytest.raises(UserError, match="There is no checkpoint") as refused:
            read(name)
        assert is_a_plain_sentence(str(refused.value))


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_nothing_is_saved_under_a_hostile_name(name: str, tiny: str, tmp_path: Path) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    with pytest.raises(UserError, match="cannot be a checkpoint's name"):
        checkpoints.save(replace(kept.card, name=name), kept.model)
    assert listing(tmp_path) == before


def test_what_people_make_hides_what_ships_under_the_same_name(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library"
    shutil.copytree(folder_of(tiny), library / "tiny")
    change_card(library / "tiny", title="Shipped")
    shipped = replace(settings(), library=library)
    monkeypatch.setattr("ae_core.checkpoints.finding.settings", lambda: shipped)
    assert [card.title for card in checkpoints.available()[0]] == ["Tiny"]
    assert checkpoints.load(tiny).card.title == "Tiny"
    shutil.rmtree(folder_of(tiny))
    assert checkpoints.load(tiny).card.title == "Shipped"
