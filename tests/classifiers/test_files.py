"""How a classifier is kept, and comes back."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ae_core import checkpoints, classifiers
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.cli import main
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.texts import joined
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.classifiers.small_runs import (
    PLAIN,
    change_card,
    folder_of,
    kept,
    same,
    started,
    trained,
    weights,
)


def test_a_classifier_comes_back_with_the_figures_on_its_card(
    reader: str, digits: ImageSet
) -> None:
    found = classifiers.load(reader)
    card = found.card
    assert classifiers.card(reader) == card
    assert (card.started_from, card.family, card.labels) == ("tiny", "tanh", len(digits.train))
    assert (card.image_set, card.image_set_sha256) == ("digits", digits.sha256)
    assert card.classes == list("0123456789")
    accuracy = classifiers.accuracy(found.classifier, digits.test, digits.test_labels)
    assert card.metrics == {"accuracy": pytest.approx(accuracy, abs=1e-6)}
    counts = classifiers.confusion(found.classifier, digits.test, digits.test_labels)
    assert torch.equal(classifiers.kept_confusion(card), counts)


@pytest.mark.parametrize(
    ("learned_from", "changes", "seen"),
    [
        ({"part": "all"}, {}, True),
        ({"part": "all"}, {"scratch": True}, False),
        ({"part": "all", "image_set_sha256": "0" * 64}, {}, False),
        ({}, {}, False),
    ],
)
def test_the_card_says_whether_the_encoder_had_seen_the_test_images(
    learned_from: dict[str, str], changes: dict[str, bool], seen: bool, tiny: str
) -> None:
    path = folder_of(tiny) / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **learned_from}))
    assert kept(**changes).encoder_has_seen_test_images == seen


def test_a_classifier_comes_back_to_the_bit(reader: str) -> None:
    found = classifiers.load(reader)
    counts = classifiers.kept_confusion(found.card)
    classifiers.save(replace(found.card, name="again"), found.classifier, counts)
    again = classifiers.load("again")
    assert torch.equal(classifiers.kept_confusion(again.card), counts)
    assert same(found.classifier.state_dict(), again.classifier.state_dict())
    assert again.classifier.code_mean.dtype == torch.float32
    assert not any(p.requires_grad for p in again.classifier.parameters())
    assert not any(p.is_meta for p in again.classifier.state_dict().values())


def test_a_classifier_of_a_thousand_classes_comes_back_whole(reader: str) -> None:
    model = checkpoints.load("tiny").model
    many = [f"A class whose name is long, number {i}" for i in range(1000)]
    card = replace(classifiers.card(reader), name="wide", classes=many)
    classifier = Classifier(model, 1000, head_width=card.head_width)
    counts = torch.arange(1000**2).view(1000, 1000)
    written = classifiers.save(card, classifier, counts)
    found = classifiers.load("wide")
    assert found.card == written
    assert found.classifier.classes == 1000
    assert torch.equal(classifiers.kept_confusion(found.card), counts)
    assert "wide" in [card.name for card in classifiers.available()[0]]


def test_a_confusion_that_is_not_the_cards_is_refused_with_the_reason(reader: str) -> None:
    def refusal(**tensors: Tensor) -> str:
        data = save(tensors)
        (folder_of(reader) / "confusion.safetensors").write_bytes(data)
        change_card(folder_of(reader), confusion_sha256=hashlib.sha256(data).hexdigest())
        with pytest.raises(UserError) as refused:
            classifiers.kept_confusion(classifiers.card(reader))
        return str(refused.value)

    counts = torch.ones(10, 10, dtype=torch.int32)
    for wrong in (counts[:9], counts.float(), -counts):
        assert "its confusion is not 10 x 10 counts" in refusal(confusion=wrong)
    assert "its confusion is not 10 x 10 counts" in refusal(counts=counts)
    card = replace(classifiers.card(reader), confusion_sha256="0" * 64)
    with pytest.raises(UserError, match="is not the file that its card names"):
        classifiers.kept_confusion(card)


def test_the_confusion_on_a_card_of_an_earlier_version_is_read(reader: str) -> None:
    counts = [[number] * 10 for number in range(10)]
    change_card(folder_of(reader), confusion=counts, confusion_sha256="")
    assert classifiers.kept_confusion(classifiers.card(reader)).tolist() == counts


def test_shorter_weights_are_kept_when_they_do_as_well(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier_runs, "HALF_IS_AS_GOOD", 1.0)  # whatever this model gets wrong
    run = trained()
    bits = {k: v.half().float() for k, v in weights(run).items()}
    classifier_runs.finish(run)
    file = load_file(folder_of("tiny-classifier") / "weights.safetensors")
    assert {value.dtype for value in file.values()} == {torch.float16}
    assert same(classifiers.load("tiny-classifier").classifier.state_dict(), bits)


def test_loading_draws_nothing_from_torchs_own_randomness(reader: str) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    classifiers.load(reader)
    assert torch.equal(torch.rand(3), expected)


def test_classifiers_and_checkpoints_are_listed_apart(reader: str) -> None:
    cards, broken = checkpoints.available()
    assert "tiny" in {card.name for card in cards}
    assert reader not in {card.name for card in cards}
    assert not broken
    found, odd = classifiers.available()
    assert reader in [card.name for card in found]
    assert "tiny" not in [card.name for card in found]
    assert not odd


def test_a_classifier_is_no_checkpoint_and_a_checkpoint_no_classifier(reader: str) -> None:
    for read in (checkpoints.card, checkpoints.load):
        with pytest.raises(UserError, match="There is no checkpoint 'reader'"):
            read(reader)
    for name in ("tiny", "nothing", "../tiny", "", "x" * 300, "Reader"):
        with pytest.raises(UserError, match="There is no classifier"):
            classifiers.load(name)


def test_a_classifier_never_replaces_a_checkpoint(tiny: str) -> None:
    with pytest.raises(UserError, match="tiny is a checkpoint"):
        started(name="tiny")
    assert checkpoints.load(tiny).card.name == tiny


def test_a_checkpoint_never_replaces_a_classifier(reader: str) -> None:
    card = checkpoints.card("tiny")
    with pytest.raises(UserError, match="reader is a classifier"):
        runs.start(RunSpec("tanh-3", "digits", steps=1, name=reader), on="cpu")
    with pytest.raises(UserError, match="reader is a classifier"):
        checkpoints.save(replace(card, name=reader), checkpoints.load("tiny").model)
    assert classifiers.load(reader).card.name == reader


def test_a_classifier_can_be_made_again_under_its_name(reader: str) -> None:
    kept(name=reader, title="New")
    assert classifiers.card(reader).title == "New"


def test_the_command_on_the_card_asks_for_the_same(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = kept(labels=20, frozen=True, shift=1, seed=5, hold_out=100, title="Two words")
    asked: list[ClassifierSpec] = []

    def refuse(spec: ClassifierSpec, **_: Any) -> None:
        asked.append(spec)
        raise UserError(joined("Enough."))

    monkeypatch.setattr(classifier_runs, "start", refuse)
    words = shlex.split(card.command)
    assert words[:3] == ["python", "-m", "ae_core"]
    with pytest.raises(SystemExit):
        main.main([*words[3:], "--into", "elsewhere"])
    assert asked[0].recipe() == card.recipe
    assert asked == [
        replace(PLAIN, labels=20, frozen=True, shift=1, seed=5, hold_out=100, title="Two words")
    ]
