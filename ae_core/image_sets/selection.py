"""Which part of an image set a run trains on, and which it is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import torch

from ae_core.errors import UserError
from ae_core.image_sets.base import ImageSet
from ae_core.image_sets.catalogue import load
from ae_core.texts import _

Part = Literal["train", "first-55000", "all"]
"""Which images are learned from: the training images, the first of them, or the test images too."""

FIRST = 55_000
"""As TensorFlow 1's tutorials split MNIST."""


def select(
    name: str, *, part: str = "train", hold_out: int = 0, classes: Sequence[str] = ()
) -> ImageSet:
    """The image set of that name, cut to what is learned from and what is tested on.

    Raises:
        UserError: there is no such set or class, or nothing of it is left to train on.
    """
    return selected(load(name), part=part, hold_out=hold_out, classes=classes)


def selected(
    images: ImageSet, *, part: str = "train", hold_out: int = 0, classes: Sequence[str] = ()
) -> ImageSet:
    """An image set, cut to what is learned from and what is tested on.

    What is cut has no factors: they are asked of whole sets.

    Args:
        images: the whole set.
        part: the test images stay what they are, also where they are learned from.
        hold_out: so many training images, the last ones, take the place of the test images.
        classes: the images of all other classes are left out.

    Raises:
        UserError: there is no such class, or nothing is left to train on.
    """
    images = cut(images, part)
    if classes:
        images = _only(images, classes)
    if not hold_out:
        return images
    if not 0 < hold_out < len(images.train):
        most = len(images.train) - 1
        raise UserError(_("Hold out 1 to {most:,} of the training images.", most=most))
    keep, held = slice(-hold_out), slice(-hold_out, None)
    return replace(
        images,
        factors=None,
        train=images.train[keep],
        train_labels=images.train_labels[keep],
        test=images.train[held],
        test_labels=images.train_labels[held],
    )


def cut(images: ImageSet, part: str) -> ImageSet:
    """The image set with that part of it as its training images."""
    if part == "all":
        return replace(
            images,
            factors=None,
            train=torch.cat([images.train, images.test]),
            train_labels=torch.cat([images.train_labels, images.test_labels]),
        )
    count = FIRST if part == "first-55000" else len(images.train)
    return replace(
        images,
        factors=images.factors if count >= len(images.train) else None,
        train=images.train[:count],
        train_labels=images.train_labels[:count],
    )


def _only(images: ImageSet, classes: Sequence[str]) -> ImageSet:
    """The images of some classes; each class keeps its number."""
    if unknown := [name for name in classes if name not in images.classes]:
        raise UserError(
            _("{title} has no class {name!r}.", title=images.shown_title, name=unknown[0][:40])
        )
    wanted = torch.tensor([images.classes.index(name) for name in classes])
    train, test = torch.isin(images.train_labels, wanted), torch.isin(images.test_labels, wanted)
    if not bool(train.any() and test.any()):
        raise UserError(_("No image of these classes is left to train or to test on."))
    return replace(
        images,
        factors=None,
        train=images.train[train],
        train_labels=images.train_labels[train],
        test=images.test[test],
        test_labels=images.test_labels[test],
    )
