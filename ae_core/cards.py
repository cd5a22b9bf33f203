"""The card of a checkpoint: what it is, how it was trained, how well it does.

Read out of JSON as if a stranger had written it: every field's type and every claim is checked.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from pathlib import Path
from reprlib import repr as shortened
from types import UnionType
from typing import (
    Any,
    Protocol,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
    runtime_checkable,
)

from ae_core.errors import UserError
from ae_core.models import FAMILIES
from ae_core.noise import Noise, from_card
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.settings import MAX_HEADER_BYTES, SETS_FOLDER

FORMAT = 1
MAX_SIDE = 256
FIGURES = {"bce", "mse", "psnr", "ssim"}
"""What `evaluate` gives for every family."""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Card:
    """What a checkpoint says of itself; JSON on disk, with the same names."""

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
    seed: int
    steps: int
    planned_steps: int
    epochs: int
    seconds: float
    device: str
    command: str
    versions: dict[str, str]
    made: str
    metrics: dict[str, float]
    code_low: list[float]
    code_high: list[float]
    start_from: str = ""
    hold_out: int = 0
    only_classes: list[str] = field(default_factory=list)
    curve: dict[str, list[float]] = field(default_factory=dict)
    weights_sha256: str = ""
    codes_sha256: str = ""
    format: int = field(default=FORMAT)

    @property
    def latent_dim(self) -> int:
        return len(self.code_low)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return asdict(self)

    def training_noise(self) -> Noise | None:
        """The noise that the model was trained to remove, if any."""
        return from_card(self.noise) if self.noise else None

    def figure(self, name: str) -> float | None:
        """A metric by its name, where it was measured; "nelbo" is the negative ELBO, in nats.

        Only with a beta of 1 do the parts of the loss add up to it.
        """
        parts = {"loss_bce", "loss_kl"} <= self.metrics.keys()
        if name == "nelbo" and parts and self.config.get("beta", 1.0) == 1.0:
            return self.metrics["loss_bce"] + self.metrics["loss_kl"]
        return self.metrics.get(name)


@runtime_checkable
class NetworkCard(Protocol):
    """What the cards of all kinds of folders say of the network inside."""

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def config(self) -> dict[str, Any]: ...
    @property
    def image_shape(self) -> tuple[int, int, int]: ...
    @property
    def format(self) -> int: ...


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a checkpoint, and so of a folder.

    Raises:
        UserError: it has other characters, or too many.
    """
    if not NAME.fullmatch(name):
        raise UserError(
            f"{shortened(name)} cannot be a checkpoint's name. Use up to 64 small letters, digits"
            " and hyphens."
        )


def read_card(folder: Path) -> Card:
    """The card in a checkpoint's folder.

    Raises:
        UserError: there is none, or it is not one.
    """
    return read_json_card(folder, "card.json", Card, _check_card)


def read_json_card(
    folder: Path, file_name: str, kind: type[Kind], check: Callable[[Path, Kind], None]
) -> Kind:
    """A card of any kind of folder; `check` raises ValueError where its claims do not hold.

    Raises:
        UserError: there is none, or it is not one.
    """
    try:
        made = _made_card(kind, json.loads(read_bytes(folder / file_name, MAX_HEADER_BYTES)))
        check(folder, made)
    except (ValueError, RecursionError) as failure:
        reason = " ".join(str(failure).rstrip(".").split())[:200]
        raise UserError(f"{broken(folder)}: its {file_name} is not a card ({reason}).") from failure
    return made


def _made_card(kind: type[Kind], values: Any) -> Kind:
    """The card with these values out of JSON; anything may be in them."""
    hints = get_type_hints(kind)
    optional = {f.name for f in fields(kind) if _has_default(f)}  # type: ignore[arg-type]
    if not isinstance(values, dict):
        raise ValueError("it is no object")
    if odd := sorted(values.keys() - hints.keys()) or sorted(hints.keys() - values - optional):
        raise ValueError(f"{shortened(odd[0])} is missing or unknown")
    return kind(**{name: _of_type(hints[name], value, name) for name, value in values.items()})


def _has_default(declared: Field[Any]) -> bool:
    return declared.default is not MISSING or declared.default_factory is not MISSING


def _of_type(hint: Any, value: Any, name: str) -> Any:
    """A value out of JSON in the type that a field of the card declares."""
    kind, inside = get_origin(hint) or hint, get_args(hint)
    if kind is UnionType:
        return None if value is None else _of_type(inside[0], value, name)
    if kind is dict and isinstance(value, dict):
        return {key: _of_type(inside[1], each, name) for key, each in value.items()}
    if kind is list and isinstance(value, list):
        return [_of_type(inside[0], each, name) for each in value]
    if kind is tuple and isinstance(value, list) and len(value) == len(inside):
        return tuple(_of_type(*pair, name) for pair in zip(inside, value, strict=True))
    if kind is float and type(value) in (int, float) and abs(value) <= sys.float_info.max:
        return float(value)
    if kind is Any or type(value) is kind:
        return value
    raise ValueError(f"{name} is {shortened(value)}")


def _check_card(folder: Path, card: Card) -> None:
    config = check_network(folder, card)
    if not card.metrics.keys() >= FIGURES:
        raise ValueError(f"its figures are not {', '.join(sorted(FIGURES))}")
    try:
        Recipe.from_dict(card.recipe)
        card.training_noise()
        size = FAMILIES[card.family].model.code_size(config, card.image_shape)
    except UserError as failure:
        raise ValueError(str(failure)) from failure
    if not size == len(card.code_low) == len(card.code_high):
        raise ValueError("its code ranges do not fit its options")
    if not all(low < high for low, high in zip(card.code_low, card.code_high, strict=True)):
        raise ValueError("its code ranges are empty")


def check_network(folder: Path, card: NetworkCard) -> Options:
    """The options of the network that a card names.

    Raises:
        ValueError: it is the card of another folder or format, or there is no such network.
    """
    if card.format != FORMAT:
        raise ValueError(f"format {shortened(card.format)}; this version reads {FORMAT}")
    if card.name != folder.name or not NAME.fullmatch(card.name):
        raise ValueError(f"it is of {shortened(card.name)}")
    if not all(0 < size <= MAX_SIDE for size in card.image_shape):
        raise ValueError(f"its image shape is {shortened(card.image_shape)}")
    if card.family not in FAMILIES:
        raise ValueError(f"there is no family {shortened(card.family)}")
    try:
        return FAMILIES[card.family].config.from_dict(card.config)
    except UserError as failure:
        raise ValueError(str(failure)) from failure


def read_bytes(path: Path, limit: int) -> bytes:
    """A file of a checkpoint, if it is there and not larger than `limit` bytes.

    Raises:
        UserError: it is not.
    """
    try:
        if (size := path.stat().st_size) > limit:
            raise UserError(f"{broken(path.parent)}: {path.name} is too large ({size:,} bytes).")
        return path.read_bytes()
    except OSError as failure:
        raise UserError(
            f"{broken(path.parent)}: {path.name} cannot be read ({failure.strerror})."
        ) from failure


def broken(folder: Path) -> str:
    """How a sentence about a folder that is no checkpoint, or no image set, begins."""
    kind = "image set" if folder.parent.name == SETS_FOLDER else "checkpoint"
    return f"The folder {folder.name[:64]!r} is not a whole {kind}"
