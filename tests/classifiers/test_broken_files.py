"""Classifiers whose files are broken: each is refused with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ae_core import checkpoints, classifiers
from ae_core.errors import UserError
from tests.classifiers.small_runs import change_card, folder_of


def change_weights(folder: Path, change: Callable[[dict[str, Tensor]], Any]) -> None:
    """Replace the weights, and their digest on the card: a careful stranger."""
    tensors = load_file(folder / "weights.safetensors")
    change(tensors)
    data = save(tensors)
    (folder / "weights.safetensors").write_bytes(data)
    change_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def fill(name: str, value: float) -> Callable[[Path], None]:
    return lambda folder: change_weights(folder, lambda t: t[name].fill_(value))


BAD_CARDS: dict[str, Callable[[Path], Any]] = {
    "not JSON": lambda f: (f / "classifier.json").write_text("{"),
    "a list": lambda f: (f / "classifier.json").write_text("[]"),
    "nested brackets": lambda f: (f / "classifier.json").write_text("[" * 500_000),
    "two megabytes": lambda f: (f / "classifier.json").write_text('"' + "x" * 2**21 + '"'),
    "an unknown field": lambda f: change_card(f, surprise=1),
    "another format": lambda f: change_card(f, format=2),
    "another's name": lambda f: change_card(f, name="other"),
    "an unknown family": lambda f: change_card(f, family="zebra"),
    "an option out of bounds": lambda f: change_card(f, config={"latent_dim": 10**9}),
    "an unknown recipe": lambda f: change_card(f, recipe={"speed": 9}),
    "a head out of bounds": lambda f: change_card(f, recipe={"head_width": 10**9}),
    "an image too large": lambda f: change_card(f, image_shape=[1, 10**6, 10**6]),
    "no accuracy": lambda f: change_card(f, metrics={}),
    "an accuracy above one": lambda f: change_card(f, metrics={"accuracy": 1.5}),
    "an accuracy that is no number": lambda f: change_card(f, metrics={"accuracy": float("nan")}),
    "one class": lambda f: change_card(f, classes=["0"], confusion=[[1]]),
    "a million classes": lambda f: change_card(f, classes=["0"] * 30_000),
    "a class that is a number": lambda f: change_card(f, classes=list(range(10))),
    "a confusion of another size": lambda f: change_card(f, confusion=[[1] * 10] * 9),
    "a confusion with a short row": lambda f: change_card(f, confusion=[[1] * 9] * 10),
    "no confusion": lambda f: change_card(f, confusion_sha256=""),
    "a count below zero": lambda f: change_card(f, confusion=[[-1] * 10] * 10),
    "a count with a fraction": lambda f: change_card(f, confusion=[[0.5] * 10] * 10),
    "frozen in words": lambda f: change_card(f, frozen="yes"),
}

BAD_WEIGHTS: dict[str, Callable[[Path], Any]] = {
    "no weights": lambda f: (f / "weights.safetensors").unlink(),
    "another digest": lambda f: change_card(f, weights_sha256="0" * 64),
    "no safetensors": lambda f: (f / "weights.safetensors").write_bytes(b"\x80\x04\x95."),
    "fewer classes than the head": lambda f: change_card(
        f, classes=["a", "b"], confusion=[[1, 1]] * 2
    ),
    "a head of another width": lambda f: change_card(f, recipe={"head_width": 5}),
    "another network": lambda f: change_card(f, config={"latent_dim": 3, "widths": [5]}),
    "a weight left out": lambda f: change_weights(f, lambda t: t.pop("head.0.weight")),
    "a decoder": lambda f: change_weights(
        f, lambda t: t.update({"model.decoder.0.weight": torch.zeros(2, 3)})
    ),
    "a weight that is no number": fill("head.0.bias", float("nan")),
    "a deviation of zero": fill("code_std", 0.0),
    "a deviation below zero": fill("code_std", -1.0),
}


def is_a_plain_sentence(text: str) -> bool:
    return len(text) < 500 and "\n" not in text and text.endswith(".") and "Error" not in text


@pytest.mark.parametrize("way", BAD_CARDS)
@pytest.mark.one_in(3)
def test_a_bad_card_is_listed_as_broken_with_the_reason(way: str, reader: str) -> None:
    BAD_CARDS[way](folder_of(reader))
    found, broken = classifiers.available()
    assert reader not in [card.name for card in found]
    reasons = {folder.name: folder.reason for folder in broken}
    assert is_a_plain_sentence(reasons[reader])
    for read in (classifiers.card, classifiers.load):
        with pytest.raises(UserError) as refused:
            read(reader)
        assert str(refused.value) == reasons[reader]
    assert checkpoints.available()[1] == []


@pytest.mark.parametrize("way", BAD_WEIGHTS)
def test_bad_weights_are_refused_with_the_reason(way: str, reader: str) -> None:
    BAD_WEIGHTS[way](folder_of(reader))
    with pytest.raises(UserError) as refused:
        classifiers.load(reader)
    assert is_a_plain_sentence(str(refused.value))
    assert reader in str(refused.value)
