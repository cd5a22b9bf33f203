"""The card of a classifier: what it is, how it was trained, how well it does.

Validated as untrusted, as the card of a checkpoint is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ae_core.checkpoints.cards import FORMAT, check_network
from ae_core.checkpoints.finding import CLASSIFIER_CARD
from ae_core.classifiers.recipe import ClassifierRecipe
from ae_core.errors import UserError
from ae_core.image_sets.stored import LONGEST_CLASS, are_words
from ae_core.storage.json_cards import Count, Seconds, read_json_card
from ae_core.texts import _, ngettext, shortened

MAX_CLASSES = 1000


@dataclass(frozen=True)
class ClassifierCard:
    """What a classifier says of itself; JSON on disk, with the same names.

    `family`, `config` and `image_shape` are the encoder's; `started_from` is the checkpoint that it
    was, if `scratch` is false, and the network of which it has, if true. `labels` counts the
    labelled images that it learned from. `confusion` is on cards of earlier versions alone; now it
    has a file of its own, which a card of a thousand classes could not hold.
    `encoder_has_seen_test_images` where the accuracy says little of new images.
    """

    name: str
    title: str
    family: str
    config: dict[str, Any]
    image_shape: tuple[int, int, int]
    started_from: str
    labels: Count
    scratch: bool
    frozen: bool
    recipe: dict[str, Any]
    seed: Count
    steps: Count
    planned_steps: Count
    seconds: Seconds
    image_set: str
    image_set_sha256: str
    hold_out: Count
    classes: list[str]
    metrics: dict[str, float]
    device: str
    command: str
    versions: dict[str, str]
    made: str
    encoder_has_seen_test_images: bool = False
    plan: list[Count] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    confusion: list[list[Count]] = field(default_factory=list)
    confusion_sha256: str = ""
    weights_sha256: str = ""
    format: int = field(default=FORMAT)

    @property
    def head_width(self) -> int:
        return ClassifierRecipe.from_dict(self.recipe).head_width

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return asdict(self)


def read_classifier_card(folder: Path) -> ClassifierCard:
    """The card in a classifier's folder.

    Raises:
        UserError: there is none, or it is not one.
    """
    return read_json_card(folder, CLASSIFIER_CARD, ClassifierCard, _check)


def _check(folder: Path, card: ClassifierCard) -> None:
    """Refuse claims that do not hold together, with a ValueError."""
    check_network(folder, card)
    try:
        ClassifierRecipe.from_dict(card.recipe)
    except UserError as failure:
        raise ValueError(failure.text) from failure
    size = len(card.classes)
    if not 2 <= size <= MAX_CLASSES:
        raise ValueError(ngettext("it has {count:,} class", "it has {count:,} classes", size))
    if not are_words(card.classes, LONGEST_CLASS):
        raise ValueError(_("its classes are {classes}", classes=shortened(card.classes)))
    if not 0 <= card.metrics.get("accuracy", -1) <= 1:
        raise ValueError(_("it does not say its accuracy"))
    if card.confusion_sha256 and not card.confusion:
        return  # it is checked when its file is read
    if len(card.confusion) != size or any(len(row) != size for row in card.confusion):
        raise ValueError(_("its confusion is not {size} x {size}", size=size))
