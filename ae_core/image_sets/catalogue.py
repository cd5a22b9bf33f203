"""Every image set by its name: `mnist`, where it is here, `digits`, `shapes`, and the stored ones.

What people made in the app has a name that begins with `my-`; what was taken in on the command line
is everybody's. Both may have any classes; see `stored.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.image_sets import digits, mnist, shapes, stored
from ae_core.image_sets.base import DIGIT_NAMES, ImageSet
from ae_core.texts import _

TITLES = {"mnist": mnist.TITLE, "digits": digits.TITLE, "shapes": shapes.TITLE}
NAMES = tuple(TITLES)

WITH_FACTORS = ("shapes",)
"""The sets whose images have factors that are known."""


def available() -> list[str]:
    """Names of the sets that `load` can give now, without the internet.

    Those that people made are private: `ownership.visible` says who may see which.
    """
    built_in = [name for name in NAMES if name != "mnist" or mnist.find()]
    return [*built_in, *_for_all(), *filter(ownership.is_private, stored.names())]


def load(name: str) -> ImageSet:
    """The image set of that name.

    Raises:
        UserError: no such set, or its files are missing, cut short or changed.
    """
    if name == "mnist":
        return mnist.load()
    if name == "digits":
        return digits.load()
    if name == "shapes":
        return shapes.load()
    if ownership.is_private(name) or name in _for_all():
        return _stored(name)
    raise UserError(
        _(
            "There is no image set {name!r}. There are: {names}.",
            name=name,
            names=", ".join([*NAMES, *_for_all()]),
        )
    )


def titles(names: Collection[str]) -> dict[str, str]:
    """The title of each of these sets, in their order, built-in ones first.

    Those whose card is broken are left out.
    """
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: name not in TITLES):
        with suppress(UserError):
            found[name] = _(TITLES[name]) if name in TITLES else stored.card(name).title
    return found


def class_names(name: str, sha256: str = "") -> tuple[str, ...]:
    """The classes of a set; none where it is gone or broken, or is not the one of this `sha256`."""
    if name in TITLES:
        return tuple(shapes.OUTLINES) if name == "shapes" else DIGIT_NAMES
    with suppress(UserError):
        card = stored.card(name)
        if sha256 in ("", card.sha256):
            return tuple(card.classes)
    return ()


def version(name: str) -> str:
    """What is another text once anything of a set that somebody made has changed.

    Raises:
        UserError: there is no such set, or its card is not valid.
    """
    return repr(stored.card(name)) if ownership.is_private(name) else ""


def delete(person: Person, name: str) -> None:
    """Delete a set that they made; a teacher may delete everybody's.

    Raises:
        UserError: it is somebody else's, or its record cannot be changed.
    """
    ownership.check_owns(person, name, or_teaches=True)
    remove(name)


def remove(name: str) -> None:
    """Delete a set that somebody made, and its record of ownership; the built-in ones stay.

    Raises:
        UserError: its record cannot be changed.
    """
    if ownership.is_private(name):
        stored.delete(name)
        ownership.remove(name)


def _for_all() -> list[str]:
    """The stored sets that nobody owns, from the command line; other folders are none of ours."""
    return [
        name for name in stored.names()
        if not ownership.is_private(name) and (stored.root() / name / stored.CARD).is_file()
    ]  # fmt: skip


def _stored(name: str) -> ImageSet:
    card, tensors = stored.read(name)
    return ImageSet(
        name=card.name,
        title=card.title,
        train=tensors["train"],
        train_labels=tensors["train_labels"],
        test=tensors["test"],
        test_labels=tensors["test_labels"],
        classes=tuple(card.classes),
        sha256=card.sha256,
        noun=(card.one, card.many),
        fit=card.fit,
        invert=card.invert,
    )
