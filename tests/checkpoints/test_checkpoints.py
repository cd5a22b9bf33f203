"""Checkpoints: written whole or not at all, and every broken one refused in a sentence."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shlex
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints import Checkpoint
from ae_core.checkpoints.cards import Card
from ae_core.cli import main
from ae_core.errors import UserError
from ae_core.evaluation.bounds import has_bounds
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import preset
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.conftest import Mnist
from tests.shipped import MEASURED_IN_FULL, SHIPPED, each_shipped, measured_in_full


def folder_of(name: str) -> Path:
    return settings().checkpoint_roots[0] / name


def listing(root: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def change_card(folder: Path, **values: Any) -> None:
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, **values}))


def change_tensors(folder: Path, kind: str, change: Callable[[dict[str, Tensor]], Any]) -> None:
    """Replace a file of tensors by another, and its digest in the card: a careful stranger."""
    path = folder / f"{kind}.safetensors"
    tensors = load_file(path)
    change(tensors)
    forge(folder, kind, save(tensors))


def forge(folder: Path, kind: str, data: bytes) -> None:
    (folder / f"{kind}.safetensors").write_bytes(data)
    change_card(folder, **{f"{kind}_sha256": hashlib.sha256(data).hexdigest()})


def first(tensors: dict[str, Tensor]) -> str:
    return next(iter(tensors))


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def zipped() -> bytes:
    """A zip with a pickle inside, as torch.save writes them."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
    return file.getvalue()


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def header(claimed: int, rest: bytes = b"{}") -> bytes:
    return claimed.to_bytes(8, "little") + rest


def set_value(name: str, value: float) -> Callable[[dict[str, Tensor]], None]:
    def change(tensors: dict[str, Tensor]) -> None:
        tensors[name].view(-1)[0] = value

    return change


OVERLAPPING: bytes = json.dumps(
    {
        name: {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        for name in ("encoder.0.weight", "encoder.0.bias")
    }
).encode()

BAD_CARDS: dict[str, Callable[[Path], Any]] = {
    "no card": lambda f: (f / "card.json").unlink(),
    "a folder for a card": lambda f: put_a_folder(f / "card.json"),
    "an empty card": lambda f: (f / "card.json").write_text(""),
    "not JSON": lambda f: (f / "card.json").write_text("{not json"),
    "not text": lambda f: (f / "card.json").write_bytes(b"\x80\x04\x95\xff\xfe"),
    "a list": lambda f: (f / "card.json").write_text("[1, 2]"),
    "a number": lambda f: (f / "card.json").write_text("3"),
    "nested brackets": lambda f: (f / "card.json").write_text("[" * 500_000),
    "two megabytes": lambda f: (f / "card.json").write_text('"' + "x" * 2**21 + '"'),
    "an unknown field": lambda f: change_card(f, surprise=1),
    "another format": lambda f: change_card(f, format=2),
    "another's name": lambda f: change_card(f, name="other"),
    "an unknown family": lambda f: change_card(f, family="zebra"),
    "a family that is a list": lambda f: change_card(f, family=["dense"]),
    "an unknown option": lambda f: change_card(f, config={"wings": 2}),
    "an option out of bounds": lambda f: change_card(f, config={"latent_dim": 10**9}),
    "options nested deeply": lambda f: change_card(f, config={"widths": nested(400)}),
    "a hundred thousand layers": lambda f: change_card(
        f, config={"latent_dim": 3, "widths": [2048] * 100_000}
    ),
    "an unknown recipe": lambda f: change_card(f, recipe={"speed": 9}),
    "a recipe that is a list": lambda f: change_card(f, recipe=[1]),
    "an unknown noise": lambda f: change_card(f, noise={"kind": "purple"}),
    "noise that is a number": lambda f: change_card(f, noise=5),
    "NaN among the figures": lambda f: change_card(f, metrics={"bce": float("nan")}),
    "an endless figure": lambda f: change_card(f, metrics={"bce": float("inf")}),
    "a figure too long for a float": lambda f: change_card(f, code_low=[10**400, 0, 0]),
    "a figure in words": lambda f: change_card(f, code_low=["1", "2", "3"]),
    "true for a figure": lambda f: change_card(f, code_low=[True, True, True]),
    "figures left out": lambda f: change_card(f, metrics={}),
    "ranges of another length": lambda f: change_card(f, code_low=[0.0] * 4, code_high=[1.0] * 4),
    "a range upside down": lambda f: change_card(f, code_low=[5.0] * 3, code_high=[-5.0] * 3),
    "an image without height": lambda f: change_card(f, image_shape=[1, 0, 28]),
    "an image too large": lambda f: change_card(f, image_shape=[1, 10**6, 10**6]),
    "an image of two sizes": lambda f: change_card(f, image_shape=[28, 28]),
    "a title that is a number": lambda f: change_card(f, title=7),
    "a title nested deeply": lambda f: change_card(f, title=nested(400)),
    "versions nested deeply": lambda f: change_card(f, versions={"torch": nested(400)}),
    "steps in words": lambda f: change_card(f, steps="many"),
    "seconds that are null": lambda f: change_card(f, seconds=None),
}

BAD_TENSORS: dict[str, Callable[[Path], Any]] = {
    "no weights": lambda f: (f / "weights.safetensors").unlink(),
    "no codes": lambda f: (f / "codes.safetensors").unlink(),
    "a flipped bit": lambda f: (f / "weights.safetensors").write_bytes(
        (f / "weights.safetensors").read_bytes()[:-1] + b"\x01"
    ),
    "weights cut short": lambda f: (f / "weights.safetensors").write_bytes(
        (f / "weights.safetensors").read_bytes()[:1000]
    ),
    "another digest": lambda f: change_card(f, weights_sha256="0" * 64),
    "cut short with a digest that fits": lambda f: forge(
        f, "weights", (f / "weights.safetensors").read_bytes()[:1000]
    ),
    "empty weights": lambda f: forge(f, "weights", b""),
    "seven bytes": lambda f: forge(f, "weights", b"1234567"),
    "a header said to be 64 MB": lambda f: forge(f, "weights", header(64 * 2**20)),
    "a header said to be endless": lambda f: forge(f, "weights", header(2**64 - 1)),
    "a header of rubbish": lambda f: forge(f, "weights", header(9, b"not json!")),
    "a header nested deeply": lambda f: forge(f, "weights", header(50_000, b"[" * 50_000)),
    "two weights in one place": lambda f: forge(
        f, "weights", header(len(OVERLAPPING), OVERLAPPING) + bytes(8)
    ),
    "a pickle": lambda f: forge(f, "weights", b"\x80\x04\x95\x10\x00\x00\x00" + b"." * 64),
    "a zip": lambda f: forge(f, "weights", zipped()),
    "a weight that is no number": lambda f: change_tensors(
        f, "weights", set_value("encoder.0.weight", float("nan"))
    ),
    "an endless weight": lambda f: change_tensors(
        f, "weights", set_value("decoder.0.bias", float("-inf"))
    ),
    "an impossible weight": lambda f: change_tensors(
        f, "weights", set_value("decoder.0.bias", 1e30)
    ),
    "another shape": lambda f: change_tensors(
        f, "weights", lambda t: t.update({first(t): t[first(t)][:-1].clone()})
    ),
    "another number format": lambda f: change_tensors(
        f, "weights", lambda t: t.update({first(t): t[first(t)].double()})
    ),
    "whole numbers": lambda f: change_tensors(
        f, "weights", lambda t: t.update({first(t): t[first(t)].long()})
    ),
    "a weight left out": lambda f: change_tensors(f, "weights", lambda t: t.pop(first(t))),
    "a weight too many": lambda f: change_tensors(
        f, "weights", lambda t: t.update({"x" * 10_000: torch.zeros(1)})
    ),
    "another network": lambda f: change_card(f, config={"latent_dim": 3, "widths": [5]}),
    "images of another size": lambda f: change_card(f, image_shape=[3, 256, 256]),
    "codes left out": lambda f: change_tensors(f, "codes", lambda t: t.pop("codes")),
    "labels left out": lambda f: change_tensors(f, "codes", lambda t: t.pop("labels")),
    "codes of another length": lambda f: change_tensors(
        f, "codes", lambda t: t.update(codes=torch.zeros(360, 4).half())
    ),
    "codes in a row": lambda f: change_tensors(
        f, "codes", lambda t: t.update(codes=torch.zeros(360).half())
    ),
    "fewer labels than codes": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.zeros(3, dtype=torch.uint8))
    ),
    "a label below all classes": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.full((360,), -1, dtype=torch.int16))
    ),
    "a label beyond all classes": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.full((360,), 1000, dtype=torch.int16))
    ),
    "labels with a fraction": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.zeros(360))
    ),
    "a code that is no number": lambda f: change_tensors(
        f, "codes", set_value("codes", float("nan"))
    ),
}


@pytest.fixture
def neighbour(tiny: str) -> str:
    """A second checkpoint, which must stay usable."""
    shutil.copytree(folder_of(tiny), folder_of("neighbour"))
    change_card(folder_of("neighbour"), name="neighbour")
    return "neighbour"


def is_a_plain_sentence(text: str) -> bool:
    return len(text) < 500 and "\n" not in text and text.endswith(".") and "Error" not in text


@pytest.mark.parametrize("way", BAD_CARDS)
def test_a_bad_card_is_listed_as_broken_with_the_reason(
    way: str, tiny: str, neighbour: str
) -> None:
    BAD_CARDS[way](folder_of(tiny))
    began = time.process_time()
    cards, broken = checkpoints.available()
    assert tiny not in {card.name for card in cards}
    assert neighbour in {card.name for card in cards}
    reasons = {folder.name: folder.reason for folder in broken}
    assert is_a_plain_sentence(reasons[tiny])
    assert tiny in reasons[tiny]
    for read in (checkpoints.card, checkpoints.load):
        with pytest.raises(UserError) as refused:
            read(tiny)
        assert str(refused.value) == reasons[tiny]
    assert time.process_time() - began < 5
    assert checkpoints.load(neighbour).card.name == neighbour


@pytest.mark.parametrize("way", BAD_TENSORS)
def test_bad_tensors_are_refused_with_the_reason(way: str, tiny: str, neighbour: str) -> None:
    BAD_TENSORS[way](folder_of(tiny))
    began = time.process_time()
    with pytest.raises(UserError) as refused:
        checkpoints.load(tiny)
    assert time.process_time() - began < 5
    assert is_a_plain_sentence(str(refused.value))
    assert tiny in str(refused.value)
    assert checkpoints.load(neighbour).card.name == neighbour


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


@pytest.mark.parametrize("half", [False, True])
def test_a_checkpoint_comes_back_to_the_bit(tiny: str, half: bool) -> None:
    kept = checkpoints.load(tiny)
    kept.model.half().float()
    renamed = replace(kept.card, name="again")
    saved = checkpoints.save(renamed, kept.model, codes=kept.codes, labels=kept.labels, half=half)
    again = checkpoints.load("again")
    assert again.card == saved == replace(renamed, weights_sha256=saved.weights_sha256)
    weights = kept.model.state_dict()
    for key, value in again.model.state_dict().items():
        assert torch.equal(value, weights[key])
    assert kept.codes is not None and again.codes is not None
    assert kept.labels is not None and again.labels is not None
    assert torch.equal(again.codes, kept.codes)
    assert torch.equal(again.labels, kept.labels)
    assert again.codes.dtype == torch.float32
    assert again.labels.dtype == torch.int64
    assert checkpoints.card("again") == saved


def test_kept_codes_are_those_of_the_test_images(tiny: str, digits: ImageSet) -> None:
    kept = checkpoints.load(tiny)
    assert kept.codes is not None and kept.labels is not None
    torch.testing.assert_close(
        kept.codes, latent.encode(kept.model, digits.test), rtol=1e-3, atol=1e-3
    )
    assert torch.equal(kept.labels, digits.test_labels)


def test_codes_need_not_be_kept(tiny: str) -> None:
    kept = checkpoints.load(tiny)
    checkpoints.save(replace(kept.card, name="bare"), kept.model)
    bare = checkpoints.load("bare")
    assert bare.codes is bare.labels is None
    assert sorted(path.name for path in folder_of("bare").iterdir()) == [
        "card.json",
        "weights.safetensors",
    ]


def test_a_loaded_model_is_ready_to_use_and_cannot_be_trained_by_accident(tiny: str) -> None:
    model = checkpoints.load(tiny).model
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_loading_draws_nothing_from_torchs_own_randomness(tiny: str) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    checkpoints.load(tiny)
    assert torch.equal(torch.rand(3), expected)


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


def test_saving_again_replaces_the_whole_folder(tiny: str) -> None:
    kept = checkpoints.load(tiny)
    checkpoints.save(replace(kept.card, title="New"), kept.model)
    assert checkpoints.card(tiny).title == "New"
    assert sorted(path.name for path in folder_of(tiny).parent.rglob("*")) == [
        "card.json",
        "tiny",
        "weights.safetensors",
    ]


@pytest.mark.parametrize("files_before_it_is_full", [0, 1, 2])
def test_when_the_disk_fills_up_the_former_checkpoint_stays_whole(
    files_before_it_is_full: int, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    forced = iter(range(files_before_it_is_full))
    to_disk = os.fsync

    def full(descriptor: int) -> None:
        if next(forced, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        to_disk(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="could not be saved") as refused:
        checkpoints.save(
            replace(kept.card, title="New"), kept.model, codes=kept.codes, labels=kept.labels
        )
    assert is_a_plain_sentence(str(refused.value))
    assert "No space left on device" in str(refused.value)
    assert listing(tmp_path) == before
    assert checkpoints.load(tiny).card.title == "Tiny"


def test_when_the_new_folder_cannot_be_put_in_place_the_former_one_is_put_back(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name.startswith(".tiny-") and not path.name.endswith("-former"):
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(UserError, match="Input/output error"):
        checkpoints.save(replace(kept.card, title="New"), kept.model)
    assert listing(tmp_path) == before


def test_a_root_that_is_a_file_is_refused(tiny: str, tmp_path: Path) -> None:
    kept = checkpoints.load(tiny)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="could not be saved"):
        checkpoints.save(kept.card, kept.model, root=tmp_path / "file")


def test_a_model_whose_figures_are_no_numbers_is_not_kept(tiny: str, tmp_path: Path) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    with pytest.raises(UserError, match="figures are not numbers"):
        checkpoints.save(replace(kept.card, name="bad", metrics={"bce": float("nan")}), kept.model)
    assert listing(tmp_path) == before


def test_a_saved_checkpoint_can_be_read_by_others(tiny: str) -> None:
    kept = checkpoints.load(tiny)
    checkpoints.save(replace(kept.card, name="shared"), kept.model)
    assert folder_of("shared").stat().st_mode & 0o777 == 0o755


def test_a_figure_written_as_a_whole_number_is_read_as_a_figure(tiny: str) -> None:
    change_card(folder_of(tiny), seconds=3, code_low=[-9, -9, -9])
    read = checkpoints.card(tiny)
    assert read.seconds == 3 and isinstance(read.seconds, float)
    assert read.code_low == [-9.0, -9.0, -9.0]
    assert checkpoints.load(tiny).card == read


def test_at_least_eight_checkpoints_ship() -> None:
    assert len(SHIPPED) >= 8


def command_spec(card: Card, monkeypatch: pytest.MonkeyPatch) -> RunSpec:
    """What the real command line asks `runs.start` for, given a card's command."""
    asked: list[RunSpec] = []

    def refuse(spec: RunSpec, **_: Any) -> None:
        asked.append(spec)
        raise UserError("Enough.")

    monkeypatch.setattr(runs, "start", refuse)
    words = shlex.split(card.command)
    assert words[:3] == ["python", "-m", "ae_core"]
    with pytest.raises(SystemExit):
        main.main([*words[3:], "--into", "elsewhere"])
    return asked[0]


@each_shipped
def test_a_shipped_checkpoint_is_made_by_the_command_on_its_card(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = checkpoints.card(name)
    spec = command_spec(card, monkeypatch)
    start_from = preset(spec.preset, spec.recipe_name)
    assert replace(start_from.config, **spec.config).to_dict() == card.config
    assert replace(start_from.recipe, **spec.recipe) == Recipe.from_dict(card.recipe)
    assert (spec.preset, spec.image_set, spec.recipe_name, spec.seed) == (
        card.preset,
        card.image_set,
        card.recipe_name,
        card.seed,
    )
    noise = spec.noise or start_from.noise
    assert (noise.to_card() if noise else None) == card.noise
    assert spec.name in ("", name)


@each_shipped
def test_a_shipped_checkpoint_holds_the_files_that_its_card_names(name: str) -> None:
    card = checkpoints.card(name)
    folder = settings().library / name
    for kind, digest in (("weights", card.weights_sha256), ("codes", card.codes_sha256)):
        data = (folder / f"{kind}.safetensors").read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
    assert {path.name for path in folder.iterdir()} == {
        "card.json",
        "codes.safetensors",
        "weights.safetensors",
    }
    assert card.steps == card.planned_steps, "it was stopped before its end"


@each_shipped
def test_the_ranges_on_a_shipped_card_hold_nearly_all_of_its_codes(name: str) -> None:
    kept = checkpoints.load(name)
    assert kept.codes is not None
    inside = (kept.codes >= torch.tensor(kept.card.code_low)) & (
        kept.codes <= torch.tensor(kept.card.code_high)
    )
    assert inside.float().mean(0).min().item() >= 0.98


def check_on_its_images(kept: Checkpoint, images: ImageSet) -> None:
    """The figures on the card and the codes in the folder, worked out again."""
    again = evaluate(kept.model, images.test)
    more = {"nelbo", "iwae"} if has_bounds(kept.model) else set()
    assert kept.card.metrics.keys() - again.keys() <= more
    on_card = {name: kept.card.metrics[name] for name in again}
    assert again == pytest.approx(on_card, rel=1e-4, abs=1e-4)
    assert kept.codes is not None and kept.labels is not None
    codes = latent.encode(kept.model, images.test)
    count = min(len(images.test), runs.MAX_CODE_NUMBERS // kept.model.latent_dim)
    torch.testing.assert_close(kept.codes, codes[:count], rtol=2e-3, atol=2e-3)
    assert torch.equal(kept.labels, images.test_labels[:count])
    low, high = latent.slider_ranges(codes)
    assert kept.card.code_low == pytest.approx(low, abs=1e-3)
    assert kept.card.code_high == pytest.approx(high, abs=1e-3)


def images_of(kept: Checkpoint, mnist: Mnist) -> ImageSet:
    """The images that its card names; a stand-in where MNIST is none."""
    images = image_sets.load(kept.card.image_set)
    if kept.card.image_set == "digits" or mnist.is_real:
        assert kept.card.image_set_sha256 == images.sha256
    return images


@measured_in_full
def test_a_shipped_checkpoint_does_as_well_as_its_card_says(name: str, mnist: Mnist) -> None:
    kept = checkpoints.load(name)
    images = images_of(kept, mnist)
    if kept.card.image_set == "digits" or mnist.is_real:
        check_on_its_images(kept, images)
    else:
        assert evaluate(kept.model, images.test[:360])["mse"] < 0.08
        assert kept.codes is not None
        assert len(kept.codes) == min(10_000, runs.MAX_CODE_NUMBERS // kept.model.latent_dim)


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - MEASURED_IN_FULL))
def test_a_shipped_checkpoint_does_on_some_images_what_its_card_says(
    name: str, mnist: Mnist
) -> None:
    kept = checkpoints.load(name)
    images = images_of(kept, mnist)
    assert kept.codes is not None and kept.labels is not None
    if kept.card.image_set == "mnist" and not mnist.is_real:
        assert evaluate(kept.model, images.test[:360])["mse"] < 0.08
        return
    some = images.test[:500]
    count = min(len(some), len(kept.codes))
    codes = latent.encode(kept.model, some)[:count]
    torch.testing.assert_close(kept.codes[:count], codes, rtol=2e-3, atol=2e-3)
    assert torch.equal(kept.labels[:count], images.test_labels[:count])
    assert evaluate(kept.model, some)["mse"] == pytest.approx(kept.card.metrics["mse"], rel=0.1)
