"""The store: what one machine makes is on every other, whole or not at all."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import torch

from ae_core import checkpoints, image_sets, latent
from ae_core.accounts import ownership
from ae_core.cli.main import main
from ae_core.database import connection as database
from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.jobs import access, files, notebooks, results, states, table, trainer, worker
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.object_store import FRESH_SECONDS, UNNAMED_SECONDS, entry_of
from ae_core.storage.sync import NotSentError
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.image_sets.test_stored import collection_of, saved
from tests.people import ME, TEACHER

ROOT = Path(__file__).resolve().parents[2]

On = Callable[[str], Path]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store, to which `AE_HOME` points."""
    monkeypatch.setenv("AE_HOME", (tmp_path / "store").as_uri())
    return tmp_path / "store"


@pytest.fixture
def on(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> On:
    """Goes on as a process just started on the machine of that name; gives its folder."""

    def machine(name: str) -> Path:
        monkeypatch.setenv("AE_CACHE", str(tmp_path / name))
        sync.LISTINGS.clear()
        return tmp_path / name

    machine("here")
    return machine


@pytest.fixture
def tiny(on: On, trained_folder: Path) -> str:
    """The name of a checkpoint that was made here and sent."""
    shutil.copytree(trained_folder, settings().home / "checkpoints" / "tiny")
    sync.push(settings().home / "checkpoints" / "tiny")
    return "tiny"


def names() -> list[str]:
    """Own checkpoints that can be chosen."""
    own = settings().checkpoint_roots[0]
    return [card.name for card in checkpoints.available()[0] if (own / card.name).is_dir()]


def trouble() -> str:
    return " ".join(broken.reason for broken in checkpoints.available()[1])


def blob_of(place: Path, path: Path) -> Path:
    digest = entry_of(path).sha256
    return place / "blobs" / digest[:2] / digest


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_path_stays_all_there_is(home: Path, trained_folder: Path) -> None:
    shutil.copytree(trained_folder, home / "checkpoints" / "tiny")
    sync.push(home / "checkpoints" / "tiny")
    checkpoints.retitle("tiny", "Another")
    assert (settings().home, settings().remote, names()) == (home, "", ["tiny"])
    sync.tidy()
    checkpoints.delete("tiny")
    assert [path.name for path in home.iterdir()] == ["checkpoints"]


def test_what_was_deleted_before_it_was_sent_is_not_named_in_the_store(
    tiny: str, place: Path
) -> None:
    sync.push(settings().home / "checkpoints" / "deleted-meanwhile")
    assert [path.stem for path in (place / "checkpoints").iterdir()] == [tiny]
    sync.tidy()
    assert trouble() == ""


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


def test_a_store_out_of_reach_takes_nothing_away_and_gets_the_rest_later(
    tiny: str, on: On, place: Path, trained_folder: Path
) -> None:
    gone = place.rename(place.with_name("unplugged"))
    own = on("here") / "checkpoints"
    assert names() == [tiny]
    assert "is empty, and was not. See that it is mounted" in trouble()
    assert checkpoints.load(tiny).card.name == tiny
    with pytest.raises(NotSentError, match="tiny is on this machine alone for now"):
        checkpoints.retitle(tiny, "Another")
    shutil.copytree(trained_folder, own / "own")
    with pytest.raises(UserError, match="is mounted"):
        checkpoints.delete(tiny)
    with pytest.raises(UserError, match="is mounted"):
        sync.tidy()
    card = saved(collection_of(20))
    assert card.name in image_sets.available()
    assert not place.exists()
    gone.rename(place)
    on("here")
    sync.tidy()
    on("there")
    assert sorted(names()) == ["tiny"]
    assert checkpoints.card(tiny).title == "Another"
    assert image_sets.load(card.name).sha256 == card.sha256


def test_what_has_expired_goes_from_the_store_too_once_it_can_be_reached(
    tiny: str, on: On, place: Path
) -> None:
    ownership.add(ME, tiny, ownership.CHECKPOINT, "Tiny")
    with database.writing() as connection:
        connection.execute(ownership.TABLE.update().values(expires=1.0))
    gone = place.rename(place.with_name("unplugged"))
    worker.sweep()
    assert [each.name for each in ownership.expired()] == [tiny]
    assert names() == [tiny]
    gone.rename(place)
    worker.sweep()
    assert ownership.expired() == []
    assert names() == []
    assert not (place / "checkpoints" / "tiny.json").exists()


def test_a_failed_run_stays_somebodys_while_the_store_may_have_its_model(
    on: On, place: Path
) -> None:
    checkpoints.available()
    job = access.submit(ME, RunSpec("tanh-3", image_set="digits", steps=4))
    table.claim(1)
    table.end(job.id, states.FAILED)
    gone = place.rename(place.with_name("unplugged"))
    results.discard_failed(job)
    assert ownership.get(TEACHER, job.name)
    gone.rename(place)
    results.discard_failed(job)
    assert ownership.get(TEACHER, job.name) is None


def test_a_working_copy_of_another_store_is_refused(
    tiny: str, on: On, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_HOME", (tmp_path / "other").as_uri())
    on("here")
    assert names() == [tiny]
    assert "a working copy of another store than AE_HOME names" in trouble()
    with pytest.raises(NotSentError, match="Choose another AE_CACHE"):
        sync.push(settings().home / "checkpoints" / tiny)
    assert not (tmp_path / "other").exists()


def test_what_a_path_held_is_sent_when_it_becomes_the_working_copy(
    on: On, home: Path, trained_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_CACHE", str(home))
    shutil.copytree(trained_folder, home / "checkpoints" / "tiny")
    sync.tidy()
    on("there")
    assert checkpoints.load("tiny").card.name == "tiny"


def test_a_kind_of_store_that_nobody_knows_is_said_in_words(
    on: On, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_HOME", "nowhere://bucket")
    assert checkpoints.available()[0]
    assert "The store that AE_HOME names cannot be used (ValueError). Check" in trouble()


def test_a_later_version_of_the_store_is_left_alone(tiny: str, on: On, place: Path) -> None:
    (place / "store.json").write_text('{"format": 2}')
    on("there")
    assert "The store has format 2; this version reads 1." in trouble()
    assert names() == []


MOTO = """
import logging, sys, time
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""

KEYS = {
    "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1", "AE_HOME": "s3://lessons/autumn",
}  # fmt: skip

Start = Callable[..., None]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Goes on as a process just started on the machine of that name, which reaches that address."""
    from s3fs import S3FileSystem

    def process(name: str, address: str, home: str = KEYS["AE_HOME"]) -> None:
        here = {"AE_CACHE": str(tmp_path / name), "AWS_ENDPOINT_URL": address, "AE_HOME": home}
        for key, value in (KEYS | here).items():
            monkeypatch.setenv(key, value)
        sync.LISTINGS.clear()
        S3FileSystem.clear_instance_cache()

    yield process
    S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server, which has an empty bucket."""
    with subprocess.Popen(
        [sys.executable, "-c", MOTO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin and server.stdout
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        request = Request(f"{address}/lessons", method="PUT")
        with urlopen(request, timeout=60) as made:
            assert made.status == 200
        yield address
        server.stdin.close()


def command(*words: str) -> int | str | None:
    """Run a command in this process; its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return ended.value.code


def trained(steps: int) -> int | str | None:
    """Train `mine`; the exit status."""
    options = ["--set", "digits", "--steps", str(steps), "--name", "mine"]
    return command("train", "tanh-3", *options, "--json")


def test_a_store_in_s3(s3: str, start: Start) -> None:
    start("here", s3)
    assert not trained(20)
    digits = image_sets.load("digits").test
    codes = latent.encode(checkpoints.load("mine").model, digits)
    start("there", s3)
    assert "mine" in names()
    model = checkpoints.load("mine").model
    assert torch.equal(latent.encode(model, digits), codes)
    checkpoints.retitle("mine", "Another")
    sync.tidy()
    assert checkpoints.card("mine").title == "Another"
    checkpoints.delete("mine")
    start("here", s3)
    assert "mine" not in names()
    assert trouble() == ""


def test_a_server_that_does_not_answer_is_said_in_words_within_seconds(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start("here", "http://127.0.0.1:9")
    assert trained(4) == 2
    said = capsys.readouterr().err
    assert "mine is on this machine alone for now, and is sent later" in said
    assert "Traceback" not in said
    start("here", "http://127.0.0.1:9")
    began = time.monotonic()
    assert "mine" in names()
    assert time.monotonic() - began < 10
    assert "cannot be used (EndpointConnectionError). Check the network" in trouble()
    assert "127.0.0.1" not in trouble()


def test_a_bucket_that_is_not_there_is_said_in_words(
    s3: str, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start("here", s3, home="s3://holidays")
    assert not command("models", "--json")
    (broken,) = json.loads(capsys.readouterr().out)["broken"]
    assert "cannot be used (The specified bucket does not exist)" in broken["reason"]
