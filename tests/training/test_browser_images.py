"""The images of a run as its browser gets them: all of them, once, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.training import browser_images, runs
from ae_core.training.runs import RunSpec

SPECS = {
    "a whole set": RunSpec("ae-2", "digits"),
    "two classes": RunSpec("ae-2", "digits", only_classes=("8", "3")),
    "some held out": RunSpec("ae-2", "digits", hold_out=37),
    "the test images too": RunSpec("ae-2", "digits", part="all"),
}


@pytest.mark.parametrize("kind", SPECS)
def test_parts_hold_every_image_once_and_each_part_some_of_every_class(
    kind: str, digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_images, "PART_BYTES", 200 * 784)
    images = runs.images_of(SPECS[kind], digits)
    selection, parts = (
        browser_images.selection_of(SPECS[kind], digits),
        browser_images.parts_of(images),
    )
    assert parts > 1
    place = {image.numpy().tobytes(): row for row, image in enumerate(images.train)}
    found = []
    for number in range(parts):
        data = browser_images.of_run("digits", digits.sha256, f"{selection}_{number}of{parts}")
        assert len(data) <= 200 * 784
        rows = [place[data[at : at + 784]] for at in range(0, len(data), 784)]
        assert set(images.train_labels[rows].tolist()) == set(images.train_labels.tolist())
        found += rows
    assert sorted(found) == sorted(place.values())


def test_tested_images_begin_with_one_of_each_class_and_come_with_their_classes(
    digits: ImageSet,
) -> None:
    data = browser_images.of_run("digits", digits.sha256, "train_0__tested")
    count = len(digits.test)
    labels = np.frombuffer(data[count * 784 :], np.int16)
    assert labels[:10].tolist() == list(range(10))
    assert sorted(labels.tolist()) == sorted(digits.test_labels.tolist())
    first = int((digits.test_labels == 0).nonzero()[0])
    assert data[:784] == digits.test[first].numpy().tobytes()


@pytest.mark.parametrize(
    "address",
    ["train_0__0of2", "train_0__1of1", "train_0_99_tested", "train_9999__tested", "all__tested",
     "train_0__", "other_0__tested", "train_0_3..8_tested", "train_0__0of1x"],
)  # fmt: skip
def test_what_there_is_not_is_refused(address: str, digits: ImageSet) -> None:
    with pytest.raises(UserError):
        browser_images.of_run("digits", digits.sha256, address)


def test_images_that_have_changed_are_refused(digits: ImageSet) -> None:
    with pytest.raises(UserError, match="no such images"):
        browser_images.of_run("digits", "0" * 64, "train_0__tested")


def test_the_order_of_classes_does_not_change_the_address(digits: ImageSet) -> None:
    spec = SPECS["two classes"]
    other = replace(spec, only_classes=("3", "8"))
    assert browser_images.selection_of(spec, digits) == "train_0_3.8"
    assert browser_images.selection_of(other, digits) == "train_0_3.8"
