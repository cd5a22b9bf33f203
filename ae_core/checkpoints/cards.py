"""The card of a checkpoint: what it is, how it was trained, how well it does.

Its JSON is validated as untrusted: every field's type and every claim is checked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, get_args, runtime_checkable

from ae_core.errors import UserError
from ae_core.image_sets.selection import Part
from ae_core.image_sets.stored import LONGEST_CLASS, MOST_CLASSES, are_words
from ae_core.models import FAMILIES
from ae_core.noise import Noise, from_card
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.storage.json_cards import (
    MAX_SIDE,
    NAME,
    Count,
    Seconds,
    other_format,
    read_json_card,
)
from ae_core.texts import _, shortened

FORMAT = 1
FIGURES = {"bce": (0, 20), "mse": (0, 1e9), "psnr": (-100, 100), "ssim": (-1.001, 1.001)}
"""What `evaluate` gives for every family, and the bounds of each."""

LONGEST_TITLE = 500

IN_BROWSER = "a browser, float32"
"""The device of what a visitor's browser has trained."""


@dataclass(frozen=True)
class Card:
    """What a checkpoint says of itself; JSON on disk, with the same names.

    `classes`, `train_images` and `test_images` are what it learned from and was measured on; none
    on the cards of earlier versions. A set that has been changed since has another sha256.
    """

    name: str
    title: str
    family: str
    config: dict[str, Any]
    preset: str
    image_shape: tuple[int, int, int]
    image_set: str
    image_set_sha256: str
    recipe_name: str
    recipe: dict[str, Any]
    noise: dict[str, Any] | None
    seed: Count
    steps: Count
    planned_steps: Count
    epochs: Count
    seconds: Seconds
    device: str
    command: str
    versions: dict[str, str]
    made: str
    metrics: dict[str, float]
    code_low: list[float]
    code_high: list[float]
    start_from: str = ""
    hold_out: Count = 0
    part: str = "train"
    only_classes: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    train_images: Count = 0
    test_images: Count = 0
    plan: list[Count] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    curve: dict[str, list[float]] = field(default_factory=dict)
    weights_sha256: str = ""
    codes_sha256: str = ""
    format: int = field(default=FORMAT)

    @property
    def latent_dim(self) -> int:
        return len(self.code_low)

    @property
    def has_seen_test_images(self) -> bool:
        """Whether it learned from the test images too, so that its figures rank it nowhere."""
        return self.part == "all"

    @property
    def repeats(self) -> bool:
        """Whether its command gives the same weights: a browser draws other numbers than torch."""
        return self.device != IN_BROWSER

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return asdict(self)

    def training_noise(self) -> Noise | None:
        """The noise that the model was trained to remove, if any."""
        return from_card(self.noise) if self.noise else None

    def figure(self, name: str) -> float | None:
        """A metric by its name, where it was measured; "nelbo" is the negative ELBO, in nats.

        Where that was not measured by itself, it is what the parts of the loss say, of one draw for
        each image and with the weight beta undone; never that of a model that is told the class.
        """
        if name == "nelbo" and name not in self.metrics:
            unconditional = FAMILIES[self.family].model.has_posterior
            return self._sum_of_parts() if unconditional else None
        return self.metrics.get(name)

    @property
    def nelbo_given_class(self) -> float | None:
        """The negative ELBO of a model that is told the class: a bound on another likelihood."""
        model = FAMILIES[self.family].model
        return self._sum_of_parts() if model.variational and model.takes_labels else None

    def _sum_of_parts(self) -> float | None:
        beta = float(self.config.get("beta", 1.0))
        if not {"loss_bce", "loss_kl"} <= self.metrics.keys() or not beta:
            return None
        return self.metrics["loss_bce"] + self.metrics["loss_kl"] / beta


@runtime_checkable
class NetworkCard(Protocol):
    """What the cards of all kinds of folders say of the network inside."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def config(self) -> dict[str, Any]: ...
    @property
    def image_shape(self) -> tuple[int, int, int]: ...
    @property
    def format(self) -> int: ...


def read_card(folder: Path) -> Card:
    """The card in a checkpoint's folder.

    Raises:
        UserError: there is none, or it is not one.
    """
    return read_json_card(folder, "card.json", Card, _check_card)


def _check_card(folder: Path, card: Card) -> None:
    config = check_network(folder, card)
    if card.part not in get_args(Part):
        raise ValueError(_("it learned from the part {part}", part=shortened(card.part)))
    if len(card.classes) > MOST_CLASSES or not are_words(card.classes, LONGEST_CLASS):
        raise ValueError(_("its classes are {classes}", classes=shortened(card.classes)))
    if not card.metrics.keys() >= FIGURES.keys():
        figures = ", ".join(sorted(FIGURES))
        raise ValueError(_("its figures are not {figures}", figures=figures))
    for name, (low, high) in FIGURES.items():
        if not low <= card.metrics[name] <= high:
            raise ValueError(_("{field} is {value}", field=name, value=card.metrics[name]))
    try:
        Recipe.from_dict(card.recipe)
        card.training_noise()
        size = FAMILIES[card.family].model.code_size(config, card.image_shape)
    except UserError as failure:
        raise ValueError(failure.text) from failure
    if not size == len(card.code_low) == len(card.code_high):
        raise ValueError(_("its code ranges do not fit its options"))
    if not all(low < high for low, high in zip(card.code_low, card.code_high, strict=True)):
        raise ValueError(_("its code ranges are empty"))


def check_network(folder: Path, card: NetworkCard) -> Options:
    """The options of the network that a card names.

    Raises:
        ValueError: it is the card of another folder or format, or there is no such network.
    """
    if card.format != FORMAT:
        raise ValueError(other_format(card.format, FORMAT))
    if card.name != folder.name or not NAME.fullmatch(card.name):
        raise ValueError(_("it is of {name}", name=shortened(card.name)))
    if len(card.title) > LONGEST_TITLE:
        raise ValueError(_("its title is {title}", title=shortened(card.title)))
    if card.image_shape[0] not in (1, 3) or not all(0 < n <= MAX_SIDE for n in card.image_shape):
        raise ValueError(_("its image shape is {shape}", shape=shortened(card.image_shape)))
    if card.family not in FAMILIES:
        raise ValueError(_("there is no family {name}", name=shortened(card.family)))
    try:
        return FAMILIES[card.family].config.from_dict(card.config)
    except UserError as failure:
        raise ValueError(failure.text) from failure
