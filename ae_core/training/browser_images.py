"""The images of a run as its browser gets them: in parts that each are spread over the whole set.

The text for one of them, in an address: `train_0_3.8_1of24` is the second of 24 parts of the
training images of the classes 3 and 8, `train_0_3.8_tested` are the images that it is tested on.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

import torch

from ae_core import image_sets
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.image_sets.subsets import first_of_each
from ae_core.texts import _
from ae_core.training import runs
from ae_core.training.specs import RunSpec

PART_BYTES = 1_900_000
"""At most so much comes before the first step."""

TESTED = 1000
"""Tested images at most: those come first that are drawn, one of each class."""

ADDRESS = re.compile(
    r"(train|first-55000|all)_(\d{1,9})_((?:\d{1,5}(?:\.\d{1,5}){0,255})?)"
    r"_(?:tested|(\d{1,4})of(\d{1,4}))",
    re.ASCII,
)


def selection_of(spec: RunSpec, images: ImageSet) -> str:
    """How an address says which images of a set a run learns from.

    Raises:
        UserError: there is no such preset.
    """
    known = images.classes
    numbers = sorted(known.index(name) for name in spec.only_classes if name in known)
    return f"{runs.part_of(spec)}_{spec.hold_out}_{'.'.join(map(str, numbers))}"


def parts_of(images: ImageSet) -> int:
    """In how many parts the training images come."""
    return math.ceil(images.train[0].numel() * len(images.train) / PART_BYTES)


def of_run(name: str, sha256: str, address: str) -> bytes:
    """Images of the set that has this sha256, image by image: some that a run learns from, or those
    that it is tested on and, as int16, their classes.

    Raises:
        UserError: there is no such set, or it has no such images.
    """  # fmt: skip
    found = ADDRESS.fullmatch(address)
    if not found:
        raise _none_such()
    part, hold_out, classes, number, parts = found.groups()
    images = _selected(name, image_sets.version(name), part, int(hold_out), classes)
    if images.sha256 != sha256:
        raise _none_such()
    if number is None:
        some = first_of_each(images.test_labels[:TESTED], TESTED)
        labels = images.test_labels[some].to(torch.int16)
        return images.test[some].numpy().tobytes() + labels.numpy().tobytes()
    if int(parts) != parts_of(images) or int(number) >= int(parts):
        raise _none_such()
    return images.train[int(number) :: int(parts)].contiguous().numpy().tobytes()


@lru_cache(maxsize=2)
def _selected(name: str, _version: str, part: str, hold_out: int, classes: str) -> ImageSet:
    known = image_sets.load(name).classes
    numbers = [int(number) for number in classes.split(".") if number]
    if any(number >= len(known) for number in numbers):
        raise _none_such()
    return image_sets.select(
        name, part=part, hold_out=hold_out, classes=[known[number] for number in numbers]
    )


def _none_such() -> UserError:
    return UserError(_("There are no such images. Load the page again."))
