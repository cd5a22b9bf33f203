"""Thousands of damaged and forged checkpoints, classifiers and image sets: refused, or harmless.

Each is made of a good one by a few changes: of values on its card, also to what JSON cannot mean,
or of bytes in any of its files, whose digest on the card may fit again. The seed is fixed.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ae_core import checkpoints, classifiers
from ae_core.checkpoints import finding
from ae_core.checkpoints.cards import Card, read_card
from ae_core.classifiers.cards import ClassifierCard, read_classifier_card
from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.image_sets.stored import SetCard
from ae_core.settings import settings as folders
from pages.ui.models.listing import row
from pages.ui.shared import card_text
from tests.checkpoints.folders import folder_of, is_a_plain_sentence
from tests.classifiers import small_runs

FEW, MANY = 150, 20_000

AnyCard = Card | ClassifierCard | SetCard

ODD: list[Any] = [
    None, True, False, -1, 0, 1, 2, 10**9, 2**63, -(2**63), 10**400, -1.0, -0.0, 0.5, 1e-320, 1e16,
    1e308, -1e308, math.nan, math.inf, -math.inf, "", " ", "0", "a\nb", "a\x00b", "\ud800",
    "\udfff x", "\u202egnp.exe", "\u2066x\u2069", "e\u0301", "\ufeff", "<b>x</b>", "![x](http://x/y)",
    "x" * 5000,
    "../x", "digits", "train", [], [1], ["a", "a"], [[]], [None], {}, {"": 1}, {"\ud800": "\ud800"},
    [[[[]]]],
]  # fmt: skip
"""What takes the place of a value."""


@dataclass(frozen=True)
class Kind:
    """A kind of folder: its card, how it is read, and what else is done with it."""

    card: str
    read: Callable[[Path], AnyCard]
    load: Callable[[str], object]


KINDS = {
    "checkpoint": Kind("card.json", read_card, checkpoints.load),
    "classifier": Kind(finding.CLASSIFIER_CARD, read_classifier_card, classifiers.load),
    "set": Kind(stored.CARD, lambda folder: stored.card(folder.name), stored.read),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all values inside of a value from JSON; of long lists to some."""
    inside = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list):
        inside = list(enumerate(value))[:4]
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


def odd(data: st.DataObject) -> Any:
    return copy.deepcopy(data.draw(st.sampled_from(ODD)))  # which the next change may change


def changed(card: Any, data: st.DataObject) -> Any:
    """A card with some other values, and fields too many or too few."""
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(list(places(card)) or [()]))
        if not way:
            return odd(data)
        inside = card
        for key in way[:-1]:
            inside = inside[key]
        what = data.draw(st.sampled_from(["replace", "replace", "replace", "drop", "add", "more"]))
        if what == "replace":
            inside[way[-1]] = odd(data)
        elif what == "more":
            inside[way[-1]] = [inside[way[-1]]] * data.draw(st.sampled_from([2, 1001]))
        elif what == "drop":
            del inside[way[-1]]
        elif isinstance(inside, dict):
            inside[data.draw(st.sampled_from(["x", "", "\ud800", "loss_kl"]))] = odd(data)
    return card


def scrambled(content: bytes, data: st.DataObject) -> bytes:
    """The bytes of a file with some of them flipped, cut out, put in or put twice."""
    made = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        # The header is where the interesting bytes are.
        at = data.draw(st.integers(0, max(0, min(len(made), 600) - 1)))
        end = at + data.draw(st.integers(1, 64))
        what = data.draw(st.sampled_from(["flip", "cut", "put", "twice", "end"]))
        if what == "flip" and made:
            made[at] ^= 1 << data.draw(st.integers(0, 7))
        elif what == "cut":
            del made[at:end]
        elif what == "put":
            made[at:at] = data.draw(st.binary(min_size=1, max_size=16))
        elif what == "twice":
            made[at:at] = made[at:end]
        else:
            del made[max(at, len(made) - end) :]
    return bytes(made)


def with_digests(folder: Path, card: str) -> None:
    """Let the digests on the card fit what is in the files: a careful stranger."""
    values = json.loads((folder / card).read_bytes())
    for path in folder.glob("*.safetensors"):
        if (name := f"{path.stem}_sha256") in values:
            values[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / card).write_text(json.dumps(values))


def mutant(whole: Path, folder: Path, card: str, data: st.DataObject) -> None:
    """Put a damaged copy of a good folder in its place."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    which = data.draw(st.sampled_from(["values", "values", "values", "card", "tensors", "forged"]))
    if which == "values":
        values = changed(json.loads((folder / card).read_bytes()), data)
        (folder / card).write_text(json.dumps(values))
    elif which == "card":
        (folder / card).write_bytes(scrambled((folder / card).read_bytes(), data))
    else:
        path = data.draw(st.sampled_from(sorted(folder.glob("*.safetensors"))))
        path.write_bytes(scrambled(path.read_bytes(), data))
        if which == "forged":
            with_digests(folder, card)


def all_values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from all_values(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from all_values(each)
    else:
        yield value


def check_harmless(card: AnyCard) -> None:
    """What a page makes of a card that was accepted."""
    for each in all_values(vars(card)):
        if isinstance(each, str):
            assert each.isprintable()
            assert unicodedata.is_normalized("NFC", each)
            each.encode()
        elif isinstance(each, float):
            assert math.isfinite(each)
    if isinstance(card, SetCard):
        return
    assert card.seconds >= 0 <= card.steps
    card_text.command(card)
    card_text.set_title(card)
    if isinstance(card, Card):
        assert card.metrics["mse"] >= 0
        drawn = row(card, 1.0)
        assert 0 <= drawn["bar"] <= 1
        texts = [text for pair in card_text.figures(card) for text in pair]
        for pairs in (card_text.training(card), card_text.data(card, None),
                      card_text.file(card, 1000)):  # fmt: skip
            texts += [text for pair in pairs for text in pair]
        "".join([*texts, drawn["title"], drawn["label"]]).encode()
        for name in ("nelbo", "mse"):
            card.figure(name)


def outcome(read: Callable[[], Any]) -> tuple[Any, str]:
    """What is read, or the sentence that refuses it."""
    try:
        return read(), ""
    except UserError as failure:
        return None, str(failure)


def check(kind: Kind, folder: Path) -> None:
    """Read and load it; whatever refuses it does so in a sentence that names it."""
    card, refusal = outcome(lambda: kind.read(folder))
    if card is not None:
        check_harmless(card)
    loaded, refused = outcome(lambda: kind.load(folder.name))
    assert all(map(is_a_plain_sentence, filter(None, (refusal, refused))))
    if isinstance(loaded, checkpoints.Checkpoint) and loaded.codes is not None:
        assert torch.isfinite(loaded.model.decode(loaded.codes[:2])).all()


@pytest.fixture
def wholes(trained_folder: Path, tmp_path: Path, home: Path) -> dict[str, Path]:
    """A good folder of each kind, outside of `AE_HOME`."""
    kept = {"checkpoint": tmp_path / "whole" / "tiny"}
    shutil.copytree(trained_folder, kept["checkpoint"])
    shutil.copytree(trained_folder, folder_of("tiny"))
    name = small_runs.kept(name="reader").name
    kept["classifier"] = tmp_path / "whole" / name
    shutil.copytree(folder_of(name), kept["classifier"])
    stored.write(
        SetCard("my-leaves", "Leaves", ["ash", "oak"], (1, 28, 28), 12, 4, one="a", many="b"),
        (np.arange(12) % 2, np.arange(4) % 2),
        ([bytes(range(256)) * 36 + bytes(192)], [bytes(4 * 784)]),
    )  # fmt: skip
    kept["set"] = tmp_path / "whole" / "my-leaves"
    shutil.copytree(stored.root() / "my-leaves", kept["set"])
    return kept


def look_at_mutants(wholes: dict[str, Path], count: int) -> None:
    @settings(
        max_examples=count, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(sorted(KINDS)), st.data())
    def looked_at(name: str, data: st.DataObject) -> None:
        whole, kind = wholes[name], KINDS[name]
        root = stored.root() if name == "set" else folders().checkpoint_roots[0]
        mutant(whole, root / whole.name, kind.card, data)
        check(kind, root / whole.name)

    looked_at()


def test_few_mutants_are_refused_or_harmless(wholes: dict[str, Path]) -> None:
    look_at_mutants(wholes, FEW)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_mutants_are_refused_or_harmless(wholes: dict[str, Path]) -> None:
    look_at_mutants(wholes, MANY)
