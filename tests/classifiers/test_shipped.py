"""The classifier that ships."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ae_core import checkpoints, classifiers, image_sets
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.models.families.conditional_vae import ConditionalVAE
from ae_core.texts import joined
from tests.classifiers.small_runs import ran
from tests.conftest import Mnist


@pytest.fixture(scope="module")
def shipped() -> classifiers.Kept:
    return classifiers.load("mnist-classifier")


def test_the_shipped_classifier_recognises_what_its_card_says(
    shipped: classifiers.Kept, mnist_files: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shipped.card.metrics["accuracy"] > 0.99
    counts = classifiers.kept_confusion(shipped.card)
    assert int(counts.sum()) == 10_000
    assert float(counts.diagonal().sum()) / 10_000 == shipped.card.metrics["accuracy"]
    if mnist_files.is_real:
        monkeypatch.setenv("AE_DATA_DIR", str(mnist_files.raw))
        images = image_sets.load("mnist")
        some = slice(None, None, 5)
        reached = classifiers.accuracy(
            shipped.classifier, images.test[some], images.test_labels[some]
        )
        assert reached == pytest.approx(shipped.card.metrics["accuracy"], abs=2e-3)


def test_the_shipped_classifier_is_made_by_the_command_on_its_card(
    shipped: classifiers.Kept, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ClassifierSpec] = []

    def refuse(spec: ClassifierSpec, *, on: str, root: Path | None) -> None:
        asked.append(spec)
        raise UserError(joined("Enough."))

    monkeypatch.setattr(classifier_runs, "start", refuse)
    ran(capsys, *shlex.split(shipped.card.command)[4:], "--into", "elsewhere")
    assert asked[0].recipe() == shipped.card.recipe
    assert (asked[0].checkpoint, asked[0].steps) == (shipped.card.started_from, shipped.card.steps)


def test_samples_of_a_class_are_recognised_as_that_class(shipped: classifiers.Kept) -> None:
    model = checkpoints.load("mnist-conditional-vae-12").model
    assert isinstance(model, ConditionalVAE)
    assert float(classifiers.recognised(model, shipped.classifier).mean()) >= 0.97
