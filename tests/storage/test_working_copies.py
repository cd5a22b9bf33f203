"""What one machine makes is on every other: its card at once, and the rest when it is asked for."""

from __future__ import annotations

import io
import json
import shutil
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from ae_core import checkpoints, image_sets
from ae_core.accounts import ownership
from ae_core.errors import UserError
from ae_core.jobs import files, notebooks, results, trainer
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.object_store import UNNAMED_SECONDS
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.image_sets.pets import collection_of, saved
from tests.people import ME
from tests.storage.machines import On, age, blob_of, names


def test_a_path_stays_all_there_is(home: Path, trained_folder: Path) -> None:
    shutil.copytree(trained_folder, home / "checkpoints" / "tiny")
    sync.push(home / "checkpoints" / "tiny")
    checkpoints.retitle("tiny", "Another")
    assert (settings().home, settings().remote, names()) == (home, "", ["tiny"])
    sync.tidy()
    checkpoints.delete("tiny")
    assert [path.name for path in home.iterdir()] == ["checkpoints"]


def test_a_checkpoint_is_on_every_machine_its_card_at_once_and_the_rest_when_asked(
    tiny: str, on: On
) -> None:
    made = checkpoints.load(tiny)
    there = on("there") / "checkpoints" / tiny
    assert names() == [tiny]
    assert [path.name for path in there.iterdir()] == ["card.json"]
    loaded = checkpoints.load(tiny)
    assert loaded.card == made.card
    for key, value in made.model.state_dict().items():
        assert torch.equal(value, loaded.model.state_dict()[key])
    assert sorted(path.name for path in there.iterdir()) == [
        "card.json", "codes.safetensors", "weights.safetensors",
    ]  # fmt: skip


def test_what_was_made_a_moment_ago_is_found_before_it_is_listed(
    on: On, trained_folder: Path
) -> None:
    on("there")
    assert names() == []
    seen = dict(sync.LISTINGS)
    here = on("here") / "checkpoints" / "tiny"
    shutil.copytree(trained_folder, here)
    sync.push(here)
    on("there")
    sync.LISTINGS.update(seen)
    assert checkpoints.load("tiny").card.name == "tiny"
    with pytest.raises(UserError, match="There is no checkpoint 'other'"):
        checkpoints.load("other")


def test_an_image_set_is_mapped_after_it_was_fetched_and_outlives_its_deletion(on: On) -> None:
    card = saved(collection_of(60, lambda n: "abc"[n % 3]))
    made = image_sets.load(card.name)
    there = on("there") / "image-sets" / card.name
    assert image_sets.titles(image_sets.available())[card.name] == "My *pets*"
    assert [path.name for path in there.iterdir()] == ["set.json"]
    loaded = image_sets.load(card.name)
    assert loaded.sha256 == made.sha256
    on("here")
    image_sets.remove(card.name)
    on("there")
    assert card.name not in image_sets.available()
    assert not there.exists()
    assert torch.equal(loaded.train, made.train)
    assert torch.equal(loaded.test, made.test)


def test_views_and_event_files_of_a_job_come_along_and_go_with_it(on: On, home: Path) -> None:
    spec = RunSpec("tanh-3", image_set="digits", steps=4, name="my-run", title="Mine")
    ownership.add(ME, "my-run", ownership.CHECKPOINT, "Mine")
    run = runs.start(spec, on="cpu")
    for _ in runs.watch(run):
        pass
    files.keep_state("my-run", run.training.state())
    files.keep_snapshot("my-run", 4, {"places": torch.arange(6).view(3, 2)})
    trainer.keep(run)
    packed = notebooks.events_zip(ME, "my-run")
    there = on("there")
    ownership.add(ME, "my-run", ownership.CHECKPOINT, "Mine")
    checkpoints.retitle("my-run", "Another")
    assert files.snapshots("my-run") == []
    files.pull("my-run")
    assert files.snapshots("my-run") == [4]
    snapshot = files.snapshot("my-run", 4)
    assert snapshot is not None
    assert torch.equal(snapshot["places"], torch.arange(6).view(3, 2))
    for data in (packed, notebooks.events_zip(ME, "my-run")):
        assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 1
    assert not list((there / "jobs").rglob("state.safetensors"))
    on("here")
    results.delete("my-run")
    on("there")
    assert names() == []
    assert files.snapshots("my-run") == []
    assert notebooks.events_zip(ME, "my-run") == zip_of_nothing()
    assert [path.name for path in there.glob("*/my-run")] == []


def zip_of_nothing() -> bytes:
    with zipfile.ZipFile(packed := io.BytesIO(), "w"):
        pass
    return packed.getvalue()


def test_a_new_title_is_seen_everywhere_and_nothing_else_is_sent_or_fetched(
    tiny: str, on: On, place: Path
) -> None:
    weights = settings().home / "checkpoints" / tiny / "weights.safetensors"
    blob = blob_of(place, weights)
    age(blob, 10 * UNNAMED_SECONDS)
    before = blob.stat()
    on("there")
    checkpoints.load(tiny)
    on("here")
    checkpoints.retitle(tiny, "Another")
    assert (blob.stat().st_ino, blob.stat().st_mtime) == (before.st_ino, before.st_mtime)
    on("there")
    hidden = blob.rename(blob.with_suffix(".hidden"))
    assert [card.title for card in checkpoints.available()[0] if card.name == tiny] == ["Another"]
    assert checkpoints.load(tiny).card.title == "Another"
    hidden.rename(blob)


def test_a_running_app_sees_what_others_did_without_waiting_for_the_store(
    tiny: str, on: On, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("there")
    monkeypatch.setattr(sync, "LISTING_SECONDS", 0.0)
    assert names() == [tiny]
    listings = dict(sync.LISTINGS)
    on("here")
    checkpoints.delete(tiny)
    on("there")
    sync.LISTINGS.update(listings)
    deadline = time.monotonic() + 10
    while names() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert names() == []


def test_deleting_leaves_alone_what_was_never_sent(tiny: str, on: On, place: Path) -> None:
    there = on("there") / "checkpoints"
    assert names() == [tiny]
    card = json.loads((there / tiny / "card.json").read_text("utf-8"))
    (there / "own").mkdir()
    (there / "own" / "card.json").write_text(json.dumps({**card, "name": "own"}), "utf-8")
    on("here")
    checkpoints.delete(tiny)
    assert not (place / "checkpoints" / "tiny.json").exists()
    on("there")
    assert names() == ["own"]


def test_many_may_want_the_same_at_once(on: On) -> None:
    card = saved(collection_of(60))
    there = on("there") / "image-sets"
    image_sets.available()
    for _ in range(20):
        with ThreadPoolExecutor(8) as visitors:
            loaded = list(visitors.map(image_sets.load, [card.name] * 8))
        assert {images.sha256 for images in loaded} == {card.sha256}
        assert [path.name for path in there.iterdir()] == [card.name]
        (there / card.name / "images.safetensors").unlink()


def test_what_a_path_held_is_sent_when_it_becomes_the_working_copy(
    on: On, home: Path, trained_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_CACHE", str(home))
    shutil.copytree(trained_folder, home / "checkpoints" / "tiny")
    sync.tidy()
    on("there")
    assert checkpoints.load("tiny").card.name == "tiny"
