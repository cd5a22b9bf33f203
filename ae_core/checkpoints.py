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
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from reprlib import repr as shortened
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

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
MAX_SIDE = 256
FIGURES = {"bce", "mse", "psnr", "ssim"}
"""What `evaluate` gives for every family."""

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
    with torch.device("meta"):  # no memory, whatever size the card claims
        outline = build(found.family, found.config, found.image_shape)
    _check_weights(folder.name, weights, outline)
    with torch.random.fork_rng(devices=[]):
        model = build(found.family, found.config, found.image_shape)
    model.load_state_dict(weights)
    model.eval().requires_grad_(False)
    codes, labels = _read_codes(folder, found) if found.codes_sha256 else (None, None)
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
        UserError: the name is not one, a figure is no number, or the disk does not take it.
    """
    check_name(card.name)
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
    try:
        text = json.dumps(_plain(written), indent=2, allow_nan=False)
    except ValueError as failure:
        raise UserError(
            f"The model {card.name} was not kept, because its figures are not numbers. Train it"
            " again with a smaller learning rate."
        ) from failure
    files["card.json"] = f"{text}\n".encode()
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
        try:
            partial.rename(final)
        except OSError:
            if former.exists():
                former.rename(final)
            raise
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
        made = _made_card(json.loads(_read(folder / "card.json", MAX_HEADER_BYTES)))
        _check_card(folder, made)
    except (ValueError, RecursionError) as failure:
        reason = " ".join(str(failure).rstrip(".").split())[:200]
        raise UserError(f"{_bad(folder)}: its card.json is not a card ({reason}).") from failure
    return made


def _made_card(values: Any) -> Card:
    """The card with these values out of JSON; anything may be in them."""
    hints = get_type_hints(Card)
    optional = {f.name for f in fields(Card) if f.default is not MISSING}
    if not isinstance(values, dict):
        raise ValueError("it is no object")
    if odd := sorted(values.keys() - hints.keys()) or sorted(hints.keys() - values - optional):
        raise ValueError(f"{shortened(odd[0])} is missing or unknown")
    return Card(**{name: _of_type(hints[name], value, name) for name, value in values.items()})


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
    if card.format != FORMAT:
        raise ValueError(f"format {shortened(card.format)}; this version reads {FORMAT}")
    if card.name != folder.name or not NAME.fullmatch(card.name):
        raise ValueError(f"it is of {shortened(card.name)}")
    if not card.metrics.keys() >= FIGURES:
        raise ValueError(f"its figures are not {', '.join(sorted(FIGURES))}")
    if not all(0 < size <= MAX_SIDE for size in card.image_shape):
        raise ValueError(f"its image shape is {shortened(card.image_shape)}")
    if card.family not in FAMILIES:
        raise ValueError(f"there is no family {shortened(card.family)}")
    try:
        config = FAMILIES[card.family].config.from_dict(card.config)
        Recipe.from_dict(card.recipe)
        card.training_noise()
    except UserError as failure:
        raise ValueError(str(failure)) from failure
    if not config.latent_dim == len(card.code_low) == len(card.code_high):  # type: ignore[attr-defined]
        raise ValueError("its code ranges do not fit its options")
    if not all(low < high for low, high in zip(card.code_low, card.code_high, strict=True)):
        raise ValueError("its code ranges are empty")


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
        raise UserError(f"{_bad(path.parent)}: {path.name} is not a safetensors file.") from failure


def _read_codes(folder: Path, card: Card) -> tuple[Latents, Labels]:
    kept = _read_checked(folder / "codes.safetensors", card.codes_sha256)
    codes, labels = kept.get("codes"), kept.get("labels")
    if (
        codes is None
        or labels is None
        or (codes.dtype, labels.dtype) != (torch.float16, torch.uint8)
        or codes.shape != (len(codes), card.latent_dim)
        or labels.shape != (len(codes),)
        or not bool(codes.isfinite().all())
    ):
        raise UserError(f"{_bad(folder)}: codes.safetensors does not hold codes and labels.")
    return codes.float(), labels.long()


def _check_weights(name: str, weights: dict[str, Tensor], model: Autoencoder) -> None:
    expected = model.state_dict()
    if weights.keys() != expected.keys():
        odd = min(weights.keys() ^ expected.keys())
        raise UserError(
            f"The checkpoint {name} does not fit its family: {shortened(odd)} is out of place."
        )
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
    return f"The folder {folder.name[:64]!r} is not a whole checkpoint"


def _plain(card: Card) -> dict[str, Any]:
    return {f.name: asdict(card)[f.name] for f in fields(card)}
