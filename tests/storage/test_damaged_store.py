"""What is damaged or forged in the store: it is named, becomes no file, and hides nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.settings import settings
from ae_core.storage import sync
from tests.storage.machines import On, blob_of, names, trouble


def flipped(blob: Path) -> None:
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (flipped, "is damaged"),
    "cut short": (lambda blob: os.truncate(blob, 100), "is damaged"),
    "empty": (lambda blob: os.truncate(blob, 0), "is damaged"),
    "longer": (lambda blob: blob.write_bytes(blob.read_bytes() + b"x"), "is damaged"),
    "missing": (Path.unlink, "is missing"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_blob_is_named_and_never_becomes_a_file(
    how: str, tiny: str, on: On, place: Path
) -> None:
    spoil, said = SPOILT[how]
    blob = blob_of(place, settings().home / "checkpoints" / tiny / "weights.safetensors")
    spoil(blob)
    there = on("there") / "checkpoints"
    with pytest.raises(UserError) as caught:
        checkpoints.load(tiny)
    message = str(caught.value)
    assert "The checkpoint tiny is not whole in the store" in message
    assert f"blobs/{blob.parent.name}/{blob.name}) {said}" in message
    assert "delete the checkpoint and make it again" in message
    assert names() == [tiny]
    assert [path.name for path in there.iterdir()] == [tiny]
    assert [path.name for path in (there / tiny).iterdir()] == ["card.json"]


def test_a_damaged_card_hides_no_other_and_is_taken_once_it_is_mended(
    tiny: str, on: On, place: Path
) -> None:
    own = settings().home / "checkpoints"
    card = (own / tiny / "card.json").read_text("utf-8")
    shutil.copytree(own / tiny, own / "a")
    (own / "a" / "card.json").write_text(card.replace('"tiny"', '"a"'), "utf-8")
    sync.push(own / "a")
    blob = blob_of(place, own / "a" / "card.json")
    kept = blob.read_bytes()
    flipped(blob)
    on("there")
    assert names() == [tiny]
    assert "The checkpoint a is not whole in the store" in trouble()
    blob.write_bytes(kept)
    sync.LISTINGS[settings().remote, settings().checkpoint_roots[0]].refresh()
    assert names() == ["a", tiny]
    assert trouble() == ""


CARD = ("checkpoints/tiny/card.json", ["0" * 64, 1])

HOSTILE: dict[str, tuple[object, str]] = {
    "no object": ([], "cannot be read"),
    "no files": ({"files": []}, "cannot be read"),
    "no card": ({"files": {"checkpoints/tiny/weights.safetensors": CARD[1]}}, "names no card"),
    "outside": (dict([CARD, ("checkpoints/tiny/../../../x", CARD[1])]), "not its own"),
    "another's": (dict([CARD, ("checkpoints/other/card.json", CARD[1])]), "not its own"),
    "hidden": (dict([CARD, ("checkpoints/tiny/.lock", CARD[1])]), "not its own"),
    "absolute": (dict([CARD, ("/etc/passwd", CARD[1])]), "not its own"),
    "no hash": (dict([CARD, ("runs/tiny/x", ["../../../etc", 1])]), "without sha256 and size"),
    "no size": (dict([CARD, ("runs/tiny/x", ["0" * 64, -1])]), "without sha256 and size"),
    "a size in words": (dict([CARD, ("runs/tiny/x", ["0" * 64, "1"])]), "without sha256 and size"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.one_in(3)
def test_a_manifest_that_is_none_is_refused(case: str, tiny: str, on: On, place: Path) -> None:
    claimed, said = HOSTILE[case]
    if isinstance(claimed, dict) and "files" not in claimed:
        claimed = {"files": claimed}
    (place / "checkpoints" / "tiny.json").write_text(json.dumps(claimed), "utf-8")
    there = on("there")
    assert names() == []
    assert said in trouble()
    with pytest.raises(UserError, match=f"The checkpoint tiny is not whole .* {said}"):
        checkpoints.load(tiny)
    assert not (there / "checkpoints").exists()
