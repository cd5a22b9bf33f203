"""What is sent is in the store once, whole or not at all, and goes when nothing names it."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.object_store import FRESH_SECONDS, UNNAMED_SECONDS
from tests.conftest import ROOT
from tests.storage.machines import On, age, blob_of, trouble


def test_what_was_deleted_before_it_was_sent_is_not_named_in_the_store(
    tiny: str, place: Path
) -> None:
    sync.push(settings().home / "checkpoints" / "deleted-meanwhile")
    assert [path.stem for path in (place / "checkpoints").iterdir()] == [tiny]
    sync.tidy()
    assert trouble() == ""


def test_the_same_content_is_sent_once(tiny: str, place: Path) -> None:
    own = settings().home / "checkpoints"
    blob = blob_of(place, own / tiny / "weights.safetensors")
    sent = blob.stat()
    shutil.copytree(own / tiny, own / "again")
    sync.push(own / "again")
    assert blob.stat().st_ino == sent.st_ino
    # What is old could be swept just now, if nothing else names it any more.
    age(blob, 2 * FRESH_SECONDS)
    sync.push(shutil.copytree(own / tiny, own / "later"))
    assert blob.stat().st_mtime > time.time() - FRESH_SECONDS


def test_blobs_go_when_they_are_old_and_nothing_names_them(tiny: str, on: On, place: Path) -> None:
    own = settings().home / "checkpoints"
    shared = blob_of(place, own / tiny / "weights.safetensors")
    card = own / tiny / "card.json"
    alone = blob_of(place, card)
    shutil.copytree(own / tiny, own / "other")
    (own / "other" / "card.json").write_text(
        card.read_text("utf-8").replace('"tiny"', '"other"'), "utf-8"
    )
    sync.push(own / "other")
    (place / "partial" / "half").write_bytes(b"sent by a process that was killed")
    checkpoints.delete(tiny)
    sync.tidy()
    assert alone.exists()
    for blob in (shared, alone, place / "partial" / "half"):
        age(blob, UNNAMED_SECONDS + 1)
    sync.tidy()
    assert shared.exists()
    assert not alone.exists()
    assert list((place / "partial").iterdir()) == []
    on("there")
    assert checkpoints.load("other").card.name == "other"


def test_nothing_is_swept_while_a_manifest_cannot_be_read(tiny: str, place: Path) -> None:
    blob = blob_of(place, settings().home / "checkpoints" / tiny / "weights.safetensors")
    age(blob, UNNAMED_SECONDS + 1)
    (place / "checkpoints" / f"{tiny}.json").write_text("{", "utf-8")
    with pytest.raises(UserError, match="its manifest cannot be read"):
        sync.tidy()
    assert blob.exists()


SENDING = """
from pathlib import Path
from ae_core.storage import sync
from ae_core.settings import settings

for number in range(400):
    folder = settings().home / "image-sets" / f"my-{number}"
    if number < 40 and not folder.exists():
        partial = folder.with_name(f".{number}")
        partial.mkdir(parents=True)
        (partial / "images.safetensors").write_bytes(number.to_bytes(2, "big") * 2**20)
        (partial / "set.json").write_text(str(number))
        partial.rename(folder)
    if folder.exists():
        sync.push(folder)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_process_leaves_nothing_half_sent(seed: int, on: On, place: Path) -> None:
    here = on("here")
    process = subprocess.Popen([sys.executable, "-c", SENDING], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not list(place.glob("image-sets/*.json")) and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(random.Random(seed).uniform(0, 0.2))
    process.kill()
    process.wait()
    made = {path.name for path in here.glob("image-sets/my-*")}
    sent = {path.stem for path in place.glob("image-sets/*.json")}
    assert sent

    def check(there: Path, expected: set[str]) -> None:
        assert set(stored.names()) == expected
        for name in expected:
            sync.pull(there / "image-sets" / name)
            data = (there / "image-sets" / name / "images.safetensors").read_bytes()
            assert data == int(name.removeprefix("my-")).to_bytes(2, "big") * 2**20

    check(on("there"), sent)
    on("here")
    sync.tidy()
    check(on("elsewhere"), made)


def test_a_process_killed_while_it_sends_again_leaves_what_was_there(on: On, place: Path) -> None:
    here = on("here") / "image-sets"
    for name in ("my-first", "my-second"):
        (here / name).mkdir(parents=True)
        (here / name / "set.json").write_text(name)
        (here / name / "images.safetensors").write_bytes(bytes(2**27))
    sync.push(here / "my-first")
    blob = blob_of(place, here / "my-first" / "images.safetensors")
    age(blob, 2 * FRESH_SECONDS)
    before = blob.stat().st_mtime
    code = f"from pathlib import Path; sync.push(Path({str(here / 'my-second')!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", f"from ae_core.storage import sync; {code}"], cwd=ROOT
    )
    while process.poll() is None:
        if list((place / "partial").iterdir()) or blob.stat().st_mtime != before:
            process.kill()
    assert process.wait() < 0
    assert blob.stat().st_size == 2**27
    assert [path.name for path in (place / "image-sets").iterdir()] == ["my-first.json"]


def test_a_deletion_is_not_undone_by_a_machine_that_tidies_meanwhile(
    tiny: str, place: Path
) -> None:
    """Between the store and the disk another process found the folder, and sent it again."""
    tidied = threading.Event()

    def tidy() -> None:
        while not tidied.is_set():
            with suppress(UserError):
                sync.tidy()

    beside = threading.Thread(target=tidy)
    beside.start()
    try:
        for number in range(20):
            name = f"again-{number}"
            own = settings().home / "checkpoints"
            shutil.copytree(own / tiny, own / name)
            sync.push(own / name)
            checkpoints.delete(name)
            assert not (own / name).exists()
    finally:
        tidied.set()
        beside.join()
    sync.tidy()
    assert [path.stem for path in (place / "checkpoints").iterdir()] == [tiny]


def test_many_machines_may_sweep_at_once(tiny: str, place: Path) -> None:
    for number in range(200):
        (place / "partial" / f"{number}").write_bytes(b"half")
        age(place / "partial" / f"{number}", UNNAMED_SECONDS + 1)
    with ThreadPoolExecutor(4) as machines:
        for done in [machines.submit(sync.tidy) for _ in range(4)]:
            done.result()
    assert list((place / "partial").iterdir()) == []
    assert checkpoints.load(tiny).card.name == tiny


@pytest.mark.parametrize("days", [40, -40])
def test_a_wrong_clock_of_this_machine_sweeps_nothing_that_was_just_sent(
    tiny: str, place: Path, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = blob_of(place, settings().home / "checkpoints" / tiny / "weights.safetensors")
    (place / "checkpoints" / f"{tiny}.json").unlink()  # as if its manifest were still to come

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Wrong:
            return super().now(tz) + timedelta(days=days)

    monkeypatch.setattr("ae_core.storage.object_store.datetime", Wrong)
    (settings().home / "checkpoints" / tiny).rename(settings().home / "elsewhere")
    sync.tidy()
    assert blob.exists()
