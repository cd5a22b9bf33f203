"""Changes of an image set that somebody made: its name, its words, its classes, its pictures.

What changes labels or pixels makes a new version with a sha256 of its own, in the place of the
former one. A model has the sha256 and the classes of what it learned from on its card, so it stays
what it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.image_sets.base import ImageSetKey
from ae_core.image_sets.saving import BLOCK, LEAST_IMAGES
from ae_core.image_sets.stored import LONGEST_CLASS, SetCard
from ae_core.storage import sync
from ae_core.storage.plain_text import one_line
from ae_core.storage.sync import NotSentError
from ae_core.texts import _
from ae_core.types import Labels

Tensors = dict[str, Tensor]


def rename(person: Person, name: str, title: str) -> None:
    """Give a set of theirs another title.

    Raises:
        UserError: it is not theirs, the title is empty, or the disk does not take it.
    """
    ownership.check_owns(person, name)
    changed = replace(stored.card(name), title=ownership.tidy_title(title))
    _rewrite(changed)
    ownership.rename(person, name, changed.title)


def call(person: Person, name: str, one: str, many: str) -> None:
    """Say what one image of a set of theirs is called, and several; nothing for "picture".

    Raises:
        UserError: it is not theirs, only one of the words is given, or the disk does not take it.
    """
    ownership.check_owns(person, name)
    one, many = noun(one, many)
    _rewrite(replace(stored.card(name), one=one, many=many))


def noun(one: str, many: str) -> tuple[str, str]:
    """Both words as they are kept.

    Raises:
        UserError: only one of them is given.
    """
    words = one_line(one, LONGEST_CLASS), one_line(many, LONGEST_CLASS)
    if any(words) != all(words):
        raise UserError(_("Give both words, for one and for several, or none."))
    return words


def rename_class(person: Person, key: ImageSetKey, before: str, after: str) -> SetCard:
    """Give a class of their set another name; one that another class has makes one class of both.

    The images of classes that become one have other labels than before: a new version.

    Raises:
        UserError: it is not theirs, has changed meanwhile, has no such class or would be left with
            an empty name, or the disk does not take it.
    """
    card, tensors = _current(person, key)
    after = one_line(after, LONGEST_CLASS)
    if before not in card.classes:
        raise UserError(_("{title} has no class {name!r}.", title=card.title, name=before[:40]))
    if not after:
        raise UserError(_("A class needs a name."))
    place = card.classes.index(before)
    if after not in card.classes or after == before:
        names = [after if name == before else name for name in card.classes]
        return _rewrite(replace(card, classes=names))
    into = torch.arange(len(card.classes))
    into[place] = card.classes.index(after)
    return _write(card, {
        name: into[part] if name.endswith("labels") else part for name, part in tensors.items()
    })  # fmt: skip


def classify(person: Person, key: ImageSetKey, labels: Labels, classes: Sequence[str]) -> SetCard:
    """Give the images of their set these labels: of each training image, then of each test image.

    Raises:
        UserError: it is not theirs or has changed meanwhile, or the disk does not take it.
    """
    card, tensors = _current(person, key)
    train, test = labels.split([card.train, card.test])
    changed = replace(card, classes=list(classes))
    return _write(changed, {**tensors, "train_labels": train, "test_labels": test})


def drop(
    person: Person, key: ImageSetKey, *, train: Collection[int] = (), test: Collection[int] = ()
) -> SetCard:
    """Take images out of their set, by their numbers; the others stay on their side.

    Raises:
        UserError: it is not theirs, has changed meanwhile, or too few images would be left; or the
            disk does not take it.
    """
    card, tensors = _current(person, key)
    kept: Tensors = {}
    for part, dropped in (("train", train), ("test", test)):
        stays = torch.ones(len(tensors[part]), dtype=torch.bool)
        stays[sorted(number for number in set(dropped) if 0 <= number < len(stays))] = False
        kept[f"{part}_labels"] = tensors[f"{part}_labels"][stays]
        kept[part] = tensors[part][stays]
    counts = len(kept["train"]), len(kept["test"])
    if sum(counts) < LEAST_IMAGES or not all(counts):
        raise UserError(
            _(
                "A set needs at least {least} pictures, one of them to train and one to test on."
                " Take out fewer, or delete the set.",
                least=LEAST_IMAGES,
            )
        )
    return _write(card, kept)


def _current(person: Person, key: ImageSetKey) -> tuple[SetCard, Tensors]:
    """A set of theirs, where it is still the version of which they speak."""
    ownership.check_owns(person, key.name)
    card, tensors = stored.read(key.name)
    if card.sha256 != key.sha256:
        raise UserError(_("The images have changed. Load the page again."))
    return card, tensors


def _rewrite(changed: SetCard) -> SetCard:
    stored.rewrite(changed)
    _send(changed.name)
    return changed


def _write(card: SetCard, tensors: Tensors) -> SetCard:
    """Write these images as the new version; classes without any are left out."""
    both = torch.cat([tensors["train_labels"], tensors["test_labels"]])
    used = both.unique().tolist()
    place = torch.zeros(len(card.classes), dtype=torch.int64)
    place[used] = torch.arange(len(used))
    card = replace(
        card,
        classes=[card.classes[label] for label in used],
        train=len(tensors["train"]),
        test=len(tensors["test"]),
    )
    written = stored.write(
        card,
        (_labels(place, tensors["train_labels"]), _labels(place, tensors["test_labels"])),
        (_blocks(tensors["train"]), _blocks(tensors["test"])),
    )
    ownership.weigh(card.name, stored.size(card.name))
    _send(card.name)
    return written


def _labels(place: Tensor, labels: Labels) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return place[labels].numpy()


def _blocks(images: Tensor) -> Iterator[bytes]:
    parts: Sequence[Tensor] = images.split(BLOCK)
    return (part.contiguous().numpy().tobytes() for part in parts)


def _send(name: str) -> None:
    with suppress(NotSentError):  # it can be used, and is sent when the store is tidied
        sync.push(stored.root() / name)
