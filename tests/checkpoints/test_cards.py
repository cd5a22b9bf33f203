"""Cards that a stranger wrote: read as they were meant, or listed as broken with the reason."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ae_core import checkpoints
from ae_core.accounts import ownership
from ae_core.errors import UserError
from tests.checkpoints.folders import change_card, folder_of, is_a_plain_sentence
from tests.people import ANN


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


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
    "an error below zero": lambda f: change_metrics(f, mse=-1),
    "an error that is no number": lambda f: change_metrics(f, mse=float("nan")),
    "an endless figure of another name": lambda f: change_metrics(f, loss_kl=float("inf")),
    "a similarity of two": lambda f: change_metrics(f, ssim=2.0),
    "seconds below zero": lambda f: change_card(f, seconds=-1),
    "steps below zero": lambda f: change_card(f, steps=-1),
    "steps without end": lambda f: change_card(f, steps=10**400),
    "a curve that is no number": lambda f: change_card(f, curve={"step": [float("nan")]}),
    "noise without end": lambda f: change_card(f, noise={"kind": "gaussian", "std": 1e308}),
    "two channels": lambda f: change_card(f, image_shape=[2, 28, 28]),
    "a title of half a megabyte": lambda f: change_card(f, title="x" * 500_000),
    "a class without a name": lambda f: change_card(f, classes=["a", ""]),
    "fewer images than none": lambda f: change_card(f, train_images=-1),
    "seconds that are null": lambda f: change_card(f, seconds=None),
}


def change_metrics(folder: Path, **values: float) -> None:
    metrics = json.loads((folder / "card.json").read_text())["metrics"]
    change_card(folder, metrics={**metrics, **values})


@pytest.mark.parametrize("way", BAD_CARDS)
@pytest.mark.one_in(3)
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


def test_a_figure_written_as_a_whole_number_is_read_as_a_figure(tiny: str) -> None:
    change_card(folder_of(tiny), seconds=3, code_low=[-9, -9, -9])
    read = checkpoints.card(tiny)
    assert read.seconds == 3 and isinstance(read.seconds, float)
    assert read.code_low == [-9.0, -9.0, -9.0]
    assert checkpoints.load(tiny).card == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("\ud800half", " half"), ("\u202eexe.gnp", " exe.gnp"), ("a\nb\x00", "a b "),
     ("e\u0301", "\u00e9"), ("Ma\u00dfe \U0001f600", "Ma\u00dfe \U0001f600")],
)  # fmt: skip
def test_texts_are_read_such_that_they_can_be_shown(written: str, read: str, tiny: str) -> None:
    change_card(folder_of(tiny), title=written, versions={written: written}, classes=[written])
    card = checkpoints.card(tiny)
    assert (card.title, card.versions, card.classes) == (read, {read: read}, [read])
    read.encode()


def test_a_folder_whose_name_is_no_text_costs_its_own_row(tiny: str, neighbour: str) -> None:
    for name in (b"my-\xff", b"\xfe"):
        shutil.copytree(folder_of(tiny), folder_of(tiny).parent / os.fsdecode(name))
    cards, broken = checkpoints.available()
    assert {tiny, neighbour} <= {card.name for card in cards}
    assert len(broken) == 2
    for each in broken:
        (each.name + each.reason).encode()
    assert ownership.visible(ANN, [each.name for each in broken]) == {" "}
