"""Makes an image set of a picture collection: formats, splits, writes and registers it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedIOBase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ae_core.accounts import ownership, room
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.image_sets import splits, stored
from ae_core.image_sets.base import ONLY_CLASS
from ae_core.image_sets.stored import SetCard
from ae_core.images.form import Form, formed
from ae_core.storage import sync
from ae_core.storage.sync import NotSentError
from ae_core.texts import _
from ae_core.uploads import near_duplicates
from ae_core.uploads.collection import PictureCollection, Survey, no_room, spool

LEAST_IMAGES = 10

UNSORTED = "no class"
"""The class of images without a label, where others have one."""

LABEL_BYTES = 8

BLOCK = 256
FORMING = 0.8
"""The share of the time that formatting takes; the rest is writing."""

Tell = Callable[[float], None]


def save(
    person: Person,
    collection: PictureCollection,
    survey: Survey,
    form: Form,
    *,
    title: str,
    without_twins: bool = False,
    tell: Tell = lambda share: None,
) -> SetCard:
    """Save a picture collection as an image set of theirs, each copy only once.

    Args:
        without_twins: keep only one of those that look alike, too.
        tell: gets the share that is done; if it raises, nothing is left behind.

    Raises:
        UserError: there are too few pictures, the title is empty, a limit is reached, or the disk
            does not take them.
    """
    title = ownership.tidy_title(title)
    chosen = kept(survey, without_twins=without_twins)
    size = len(chosen) * (math.prod(form.image_shape) + LABEL_BYTES)
    room.check(person, ownership.IMAGE_SET, size=size)
    with _formed(collection, survey, chosen, form, tell) as made, ExitStack() as undo:
        name = ownership.new_name(title)
        ownership.add(person, name, ownership.IMAGE_SET, title, size=size)
        undo.callback(ownership.remove, name)
        card = made.write(name, title)
        undo.pop_all()
    ownership.weigh(name, stored.size(name))
    with suppress(NotSentError):  # it can be used, and is sent when the store is tidied
        sync.push(stored.root() / name)
    return card


def save_for_all(
    collection: PictureCollection,
    survey: Survey,
    form: Form,
    *,
    name: str,
    title: str,
    tell: Tell = lambda share: None,
) -> SetCard:
    """Save a picture collection as an image set of this installation, under a name of its own.

    Raises:
        UserError: there are too few pictures, or the disk does not take them.
    """
    with _formed(collection, survey, kept(survey), form, tell) as made:
        return made.write(name, title)


def kept(survey: Survey, *, without_twins: bool = False) -> NDArray[np.int64]:
    """Which pictures of a collection become images: all but copies, or all that look different."""
    chosen = survey.is_first.copy()
    if without_twins:
        chosen[[twin for _, twin in survey.twins]] = False
    return np.flatnonzero(chosen)


@dataclass(frozen=True, eq=False)
class _Formed:
    """Images in their form, in a file, with their classes and their split."""

    file: BufferedIOBase
    form: Form
    classes: list[str]
    labels: NDArray[np.int64]
    is_test: NDArray[np.bool_]
    tell: Tell

    def write(self, name: str, title: str) -> SetCard:
        """Write them as a set."""
        card = SetCard(
            name=name,
            title=title,
            classes=self.classes,
            image_shape=self.form.image_shape,
            train=int((~self.is_test).sum()),
            test=int(self.is_test.sum()),
            fit=self.form.fit,
            invert=self.form.invert,
        )
        # Shuffled by a fixed seed: the first images then represent all of them, also where the
        # pictures came class by class.
        order = np.random.default_rng(0).permutation(len(self.is_test))
        parts = order[~self.is_test[order]], order[self.is_test[order]]
        train, test = (self.labels[part] for part in parts)
        train_pixels, test_pixels = (self._blocks(part) for part in parts)
        return stored.write(card, (train, test), (train_pixels, test_pixels))

    def _blocks(self, chosen: NDArray[np.int64]) -> Iterator[bytes]:
        """The images of these numbers, some at a time."""
        size = int(np.prod(self.form.image_shape))
        for start in range(0, len(chosen), BLOCK):
            block = bytearray()
            for index in chosen[start : start + BLOCK].tolist():
                self.file.seek(index * size)
                block += self.file.read(size)
            self.tell(FORMING + (1 - FORMING) * start / len(chosen))
            yield bytes(block)


@contextmanager
def _formed(
    collection: PictureCollection,
    survey: Survey,
    chosen: NDArray[np.int64],
    form: Form,
    tell: Tell,
) -> Iterator[_Formed]:
    """The chosen pictures in this form.

    Raises:
        UserError: there are too few, or the disk does not take them.
    """
    if len(chosen) < LEAST_IMAGES:
        raise UserError(
            _(
                "A set needs at least {least} different pictures, and these are {count}.",
                least=LEAST_IMAGES,
                count=len(chosen),
            )
        )
    classes, labels = _classes(survey, collection.labels[chosen])
    with spool() as file:
        same = near_duplicates.numbered(_form_all(collection, chosen, form, file, tell))[1]
        groups = near_duplicates.joined(survey.groups[chosen], same)
        is_test = splits.is_test(collection.digests[chosen].tolist(), groups)
        yield _Formed(file, form, classes, labels, is_test, tell)


def _classes(survey: Survey, labels: NDArray[np.uint32]) -> tuple[list[str], NDArray[np.int64]]:
    """The names of the classes, numbers in their order; and the class of each image."""
    names = list(survey.classes)
    used = [names[label] for label in np.unique(labels).tolist()]
    other = ONLY_CLASS if used == [""] else UNSORTED
    shown = [name or other for name in names]
    order = sorted({name or other for name in used}, key=in_order)
    place = {name: index for index, name in enumerate(order)}
    return order, np.array([place.get(name, 0) for name in shown], np.int64)[labels]


def in_order(name: str) -> tuple[bool, int, str]:
    """The sort key of a class: numbers by their size, then words."""
    is_number = name.isascii() and name.isdecimal()
    return not is_number, int(name) if is_number else 0, name


def _form_all(
    collection: PictureCollection,
    chosen: NDArray[np.int64],
    form: Form,
    file: BufferedIOBase,
    tell: Tell,
) -> NDArray[Any]:
    """Write the formatted images one after the other into a file, and give the hash of each."""
    digests = bytearray()
    for number, index in enumerate(chosen.tolist(), 1):
        data = formed(collection.picture(index), form).tobytes()
        digests += sha256(data).digest()
        try:
            file.write(data)
        except OSError as failure:
            raise no_room(failure) from failure
        if number % BLOCK == 0:
            tell(FORMING * number / len(chosen))
    return np.frombuffer(bytes(digests), "S32")
