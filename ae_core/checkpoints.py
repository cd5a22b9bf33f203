"""Checkpoints: a folder each, written whole or not at all, and read as if a stranger had made it.

    <name>/weights.safetensors   the model
    <name>/card.json             what it is, how it was trained, how well it does
    <name>/codes.safetensors     codes and labels of the test images, so that maps need no images

No file is ever unpickled. Weights are checked against the card's sha256, then name by name and
shape by shape against the family's network.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

from ae_core.errors import UserError
from ae_core.models import FAMILIES, Autoencoder
from ae_core.noise import Noise, from_card
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.settings import MAX_HEADER_BYTES, settings
from ae_core.types import Labels, Latents

FORMAT = 1
LARGEST_WEIGHT = 1e4
MAX_FILE_BYTES = 256 * 2**20
MAX_LATENT_DIM = 4096
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


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
    weights_sha256: str = ""
    codes_sha256: str = ""
    format: int = field(default=FORMAT)

    @property
    def latent_dim(self) -> int:
        return len(self.code_low)

    def training_noise(self) -> Noise | None:
        """The noise that the model was trained to remove, if any."""
        return from_card(self.noise) if self.noise else None


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A loaded model with its card and, where they are kept, its test codes."""

    card: Card
    model: Autoencoder
    codes: Latents | None
    labels: Labels | None


@dataclass(frozen=True)
class Broken:
    """A folder that is no checkpoint, and why."""

    name: str
    reason: str


def available() -> tuple[list[Card], list[Broken]]:
    """Every checkpoint that can be chosen, by its card, and every folder that cannot.

    A name in `AE_HOME` hides the same name in the library.
    """
    cards: dict[str, Card] = {}
    broken: dict[str, Broken] = {}
    for root in settings().checkpoint_roots:
        folders = sorted(root.iterdir()) if root.is_dir() else []
        for folder in folders:
            name = folder.name
            if not folder.is_dir() or name.startswith(".") or name in cards or name in broken:
                continue
            try:
                cards[name] = _read_card(folder)
            except UserError as failure:
                broken[name] = Broken(name, str(failure))
    return list(cards.values()), list(broken.values())


def card(name: str) -> Card:
    """The card of the checkpoint of that name.

    Raises:
        UserError: there is none, or its folder is broken.
    """
    return _read_card(_folder(name))


def load(name: str) -> Checkpoint:
    """The checkpoint of that name, checked, its model on the CPU and ready to use.

    Raises:
        UserError: there is none, or a file of it is missing, changed or does not fit.
    """
    folder = _folder(name)
    found = _read_card(folder)
    weights = _read_checked(folder / "weights.safetensors", found.weights_sha256)
    model = build(found.family, found.config, found.image_shape)
    _check_weights(folder.name, weights, model)
    model.load_state_dict(weights)
    model.eval().requires_grad_(False)
    codes = labels = None
    if found.codes_sha256:
        kept = _read_checked(folder / "codes.safetensors", found.codes_sha256)
        codes, labels = kept["codes"].float(), kept["labels"].long()
    return Checkpoint(card=found, model=model, codes=codes, labels=labels)


def build(
    family: str, config: Mapping[str, Any] | Options, image_shape: tuple[int, int, int]
) -> Autoencoder:
    """A network of a family, its options given as an object or as plain values.

    Raises:
        UserError: no such family, or options that it does not take.
    """
    if family not in FAMILIES:
        raise UserError(f"There is no model family {family!r}. There are: {', '.join(FAMILIES)}.")
    declared = FAMILIES[family]
    options = config if isinstance(config, Options) else declared.config.from_dict(config)
    return declared.model(options, image_shape)


def save(
    card: Card,
    model: Autoencoder,
    *,
    codes: Latents | None = None,
    labels: Labels | None = None,
    root: Path | None = None,
) -> Card:
    """Write a checkpoint under `root`, by default the one in `AE_HOME`, and give its card.

    The folder is made under another name, forced to disk, and renamed into place; whatever
    stood there before stays whole until then. Codes are kept as float16.

    Raises:
        UserError: the name is not one, or the disk does not take it.
    """
    if not NAME.fullmatch(card.name):
        raise UserError(
            f"{card.name!r} cannot be a checkpoint's name. Use up to 64 small letters, digits"
            " and hyphens."
        )
    files = {
        "weights.safetensors": write_tensors(
            {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
        )
    }
    if codes is not None and labels is not None:
        files["codes.safetensors"] = write_tensors(
            {"codes": codes.half().cpu(), "labels": labels.to(torch.uint8).cpu()}
        )
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    written = Card(
        **{
            **_plain(card),
            "weights_sha256": digests["weights.safetensors"],
            "codes_sha256": digests.get("codes.safetensors", ""),
        }
    )
    files["card.json"] = (json.dumps(_plain(written), indent=2) + "\n").encode()
    root = root or settings().checkpoint_roots[0]
    try:
        _write_folder(root, card.name, files)
    except OSError as failure:
        raise UserError(
            f"The checkpoint {card.name} could not be saved in {root} ({failure.strerror})."
            " Make room or choose another AE_HOME; nothing that was there has changed."
        ) from failure
    return written


def _write_folder(root: Path, name: str, files: Mapping[str, bytes]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=root, prefix=f".{name}-"))
    try:
        partial.chmod(0o755)
        for file_name, data in files.items():
            with (partial / file_name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        final, former = root / name, partial.with_name(partial.name + "-former")
        if final.exists():
            final.rename(former)
        partial.rename(final)
        shutil.rmtree(former, ignore_errors=True)
        descriptor = os.open(root, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _folder(name: str) -> Path:
    if NAME.fullmatch(name):
        for root in settings().checkpoint_roots:
            if (root / name).is_dir():
                return root / name
    raise UserError(f"There is no checkpoint {name[:64]!r}. Choose one from the list.")


def _read_card(folder: Path) -> Card:
    try:
        values = json.loads(_read(folder / "card.json", MAX_HEADER_BYTES))
        made = Card(**values)
        made = Card(**{**values, "image_shape": tuple(made.image_shape)})
        _check_card(folder, made)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as failure:
        raise UserError(f"{_bad(folder)}: its card.json is not a card ({failure}).") from failure
    return made


def _check_card(folder: Path, card: Card) -> None:
    numbers = [*card.code_low, *card.code_high, *card.metrics.values()]
    if card.format != FORMAT:
        raise ValueError(f"format {card.format}; this version reads {FORMAT}")
    if card.name != folder.name:
        raise ValueError(f"it is of {card.name!r}")
    if len(card.code_low) != len(card.code_high) or not 0 < card.latent_dim <= MAX_LATENT_DIM:
        raise ValueError("its code ranges have different lengths")
    if not all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers):
        raise ValueError("a figure in it is not a number")
    if len(card.image_shape) != 3 or not all(
        isinstance(size, int) and 0 < size <= 256 for size in card.image_shape
    ):
        raise ValueError("its image shape is not channels, height, width")
    if card.family not in FAMILIES:
        raise ValueError(f"there is no family {card.family!r}")
    try:
        config = FAMILIES[card.family].config.from_dict(card.config)
        Recipe.from_dict(card.recipe)
        card.training_noise()
    except UserError as failure:
        raise ValueError(str(failure)) from failure
    if config.latent_dim != card.latent_dim:  # type: ignore[attr-defined]
        raise ValueError("its code ranges do not fit its options")


def _read(path: Path, limit: int) -> bytes:
    try:
        if (size := path.stat().st_size) > limit:
            raise UserError(f"{_bad(path.parent)}: {path.name} is too large ({size:,} bytes).")
        return path.read_bytes()
    except OSError as failure:
        raise UserError(
            f"{_bad(path.parent)}: {path.name} cannot be read ({failure.strerror})."
        ) from failure


def _read_checked(path: Path, sha256: str) -> dict[str, Tensor]:
    data = _read(path, MAX_FILE_BYTES)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UserError(f"{_bad(path.parent)}: {path.name} is not the file that its card names.")
    if len(data) < 8 or int.from_bytes(data[:8], "little") > MAX_HEADER_BYTES:
        raise UserError(f"{_bad(path.parent)}: {path.name} is not a safetensors file.")
    try:
        return read_tensors(data)
    except (SafetensorError, ValueError, KeyError) as failure:
        raise UserError(
            f"{_bad(path.parent)}: {path.name} is not a safetensors file ({failure})."
        ) from failure


def _check_weights(name: str, weights: dict[str, Tensor], model: Autoencoder) -> None:
    expected = model.state_dict()
    if weights.keys() != expected.keys():
        odd = sorted(weights.keys() ^ expected.keys())[0]
        raise UserError(f"The checkpoint {name} does not fit its family: {odd!r} is out of place.")
    for key, value in weights.items():
        if value.shape != expected[key].shape or value.dtype != expected[key].dtype:
            raise UserError(
                f"The checkpoint {name} does not fit its family: {key} is"
                f" {value.dtype} {tuple(value.shape)}, not"
                f" {expected[key].dtype} {tuple(expected[key].shape)}."
            )
        if not bool((value.abs() <= LARGEST_WEIGHT).all()):
            raise UserError(f"The checkpoint {name} is damaged: {key} holds impossible numbers.")


def _bad(folder: Path) -> str:
    return f"The folder {folder.name[:64]} is not a whole checkpoint"


def _plain(card: Card) -> dict[str, Any]:
    return {f.name: asdict(card)[f.name] for f in fields(card)}
