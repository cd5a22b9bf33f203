"""Trainings that go wrong in known ways."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ae_core import analyses, image_sets
from ae_core.analyses import broken_run
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from pages.ui.train.break_it import WORDS


def compute(images: ImageSet, fault: str) -> analyses.Answer:
    return analyses.compute("broken_run", {"images": images.key.to_dict(), "fault": fault})


def test_every_fault_has_its_words() -> None:
    assert list(WORDS) == list(broken_run.FAULTS)


@pytest.mark.parametrize(
    ("fault", "broken", "fixed"),
    [
        pytest.param(
            "posterior-collapse",
            lambda used: used == 0,
            lambda used: used == 8,
            marks=pytest.mark.long,
        ),
        pytest.param(
            "dead-relus", lambda dead: dead > 12, lambda dead: dead < 5, marks=pytest.mark.long
        ),
        pytest.param(
            "rate-too-high",
            lambda error: error > 0.2,
            lambda error: error < 0.16,
            marks=pytest.mark.long,
        ),
        ("another-scale", lambda error: error > 0.5, lambda error: error < 0.16),
        pytest.param(
            "one-class-only",
            lambda error: error > 0.22,
            lambda error: error < 0.16,
            marks=pytest.mark.long,
        ),
    ],
)
def test_fault_has_its_symptom_and_the_cure_has_not(
    digits: ImageSet, fault: str, broken, fixed
) -> None:
    answer = compute(digits, fault)
    symptom = answer.values["symptom"]
    assert broken(symptom["broken"]) and fixed(symptom["fixed"]), symptom
    shapes = {side: answer.tensors[side].shape for side in ("shown", "broken", "fixed")}
    assert set(shapes.values()) == {(broken_run.SHOWN, 1, 28, 28)}
    for side in ("broken", "fixed"):
        assert len(answer.tensors[f"{side}_steps"]) == len(answer.tensors[f"{side}_error"])


def test_set_of_one_class_is_refused_for_what_needs_two(digits: ImageSet) -> None:
    zeros = torch.zeros_like
    for alike in (
        replace(
            digits, train_labels=zeros(digits.train_labels), test_labels=zeros(digits.test_labels)
        ),
        replace(digits, test_labels=zeros(digits.test_labels)),  # no other class to measure on
    ):
        with pytest.raises(UserError, match="two classes or more"):
            broken_run.most_common_class(alike)


def test_the_class_has_test_images_of_its_own(digits: ImageSet) -> None:
    most = digits.train_labels.mode().values
    others = digits.test_labels != most
    missing = replace(digits, test=digits.test[others], test_labels=digits.test_labels[others])
    assert broken_run.most_common_class(missing) != digits.classes[int(most)]


def test_the_class_is_the_one_of_most_images(digits: ImageSet) -> None:
    name = broken_run.most_common_class(digits)
    counts = digits.train_labels.bincount()
    assert counts[digits.classes.index(name)] == counts.max()
    assert len(image_sets.select("digits", classes=[name]).train) == counts.max()
