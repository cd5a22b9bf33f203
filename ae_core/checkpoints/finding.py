"""Which checkpoints there are, those that people made before those that ship."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ae_core.checkpoints.cards import Card, read_card
from ae_core.errors import UserError
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.json_cards import NAME
from ae_core.storage.plain_text import printable
from ae_core.texts import _

CLASSIFIER_CARD = "classifier.json"
"""Marks a folder as a classifier's; classifiers lie beside the checkpoints."""

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Broken:
    """A folder that is no checkpoint, and why."""

    name: str
    reason: str


def available() -> tuple[list[Card], list[Broken]]:
    """Every checkpoint that can be chosen, by its card, and every folder that cannot.

    A name in `AE_HOME` hides the same name in the library. A store that cannot be reached counts
    as a folder that cannot be chosen.
    """
    trouble = sync.refresh(settings().checkpoint_roots[0])
    cards, broken = listed(read_card, lambda folder: not holds_classifier(folder))
    return cards, [*broken, Broken("AE_HOME", trouble)] if trouble else broken


def listed(
    read: Callable[[Path], Kind], mine: Callable[[Path], bool]
) -> tuple[list[Kind], list[Broken]]:
    """Every folder of a kind, by its card, and every one whose card cannot be read."""
    cards: dict[str, Kind] = {}
    refused: dict[str, Broken] = {}
    for root in settings().checkpoint_roots:
        for folder in filter(mine, sorted(root.iterdir()) if root.is_dir() else []):
            name = printable(folder.name)
            if not folder.is_dir() or name.startswith(".") or name in cards or name in refused:
                continue
            try:
                cards[name] = read(folder)
            except UserError as failure:
                refused[name] = Broken(name, failure.text)
    return list(cards.values()), list(refused.values())


def holds_classifier(folder: Path) -> bool:
    """Whether a folder is a classifier's, and so no checkpoint."""
    try:
        return (folder / CLASSIFIER_CARD).exists()
    except OSError:  # a folder that may not be read; what wants its card says so
        return False


def card(name: str) -> Card:
    """The card of the checkpoint of that name.

    Raises:
        UserError: there is none, or its folder is broken.
    """
    return read_card(find(name))


def find(name: str) -> Path:
    """The folder of the checkpoint of that name, whole.

    Raises:
        UserError: there is none, or the store does not give it.
    """
    folder = found(name, lambda folder: folder.is_dir() and not holds_classifier(folder))
    if folder is None:
        raise UserError(
            _("There is no checkpoint {name!r}. Choose one from the list.", name=name[:64])
        )
    return folder


def found(name: str, mine: Callable[[Path], bool]) -> Path | None:
    """The folder of that name, whole, where there is one of a kind.

    Raises:
        UserError: the store does not give it.
    """
    roots = roots_of(name) if NAME.fullmatch(name) else ()
    return next((root / name for root in roots if mine(root / name)), None)


def roots_of(name: str) -> tuple[Path, Path]:
    """Where a folder of that name may be; what the store has of it is there, too.

    Raises:
        UserError: it cannot be had from the store.
    """
    own, library = settings().checkpoint_roots
    if (own / name).is_dir() or not (library / name).is_dir():
        sync.pull(own / name)
    return own, library
