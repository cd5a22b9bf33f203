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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from ae_core.checkpoints.cards import Card, read_card
from ae_core.errors import UserError
from ae_core.models import FAMILIES, Autoencoder
from ae_core.options import Options
from ae_core.settings import MAX_HEADER_BYTES, settings
from ae_core.storage import sync
from ae_core.storage.folders import remove_whole, write_whole
from ae_core.storage.json_cards import NAME, broken, check_name, read_bytes
from ae_core.types import Labels, Latents

LARGEST_WEIGHT = 1e4
MAX_FILE_BYTES = 256 * 2**20

CLASSIFIER_CARD = "classifier.json"
"""Marks a folder as one of `classifiers.py`, which lie beside the checkpoints."""

Kind = TypeVar("Kind")


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
            name = folder.name
            if not folder.is_dir() or name.startswith(".") or name in cards or name in refused:
                continue
            try:
                cards[name] = read(folder)
            except UserError as failure:
                refused[name] = Broken(name, str(failure))
    return list(cards.values()), list(refused.values())


def holds_classifier(folder: Path) -> bool:
    """Whether a folder is one of `classifiers.py`, and so no checkpoint."""
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
        UserError: there is none, or it cannot be had from the store.
    """
    if NAME.fullmatch(name):
        for root in roots_of(name):
            if (root / name).is_dir() and not holds_classifier(root / name):
                return root / name
    raise UserError(f"There is no checkpoint {name[:64]!r}. Choose one from the list.")


def roots_of(name: str) -> tuple[Path, Path]:
    """Where a folder of that name may be; what the store has of it is there, too.

    Raises:
        UserError: it cannot be had from the store.
    """
    own, library = settings().checkpoint_roots
    if (own / name).is_dir() or not (library / name).is_dir():
        sync.bring(own / name)
    return own, library


def load(name: str) -> Checkpoint:
    """The checkpoint of that name, checked, its model on the CPU and ready to use.

    Raises:
        UserError: there is none, or a file of it is missing, changed or does not fit.
    """
    folder = find(name)
    found = read_card(folder)
    weights = read_checked(folder / "weights.safetensors", found.weights_sha256)
    with torch.device("meta"):  # no memory, whatever size the card claims
        outline = build(found.family, found.config, found.image_shape)
    check_weights(folder.name, weights, outline)
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


def save(
    card: Card,
    model: Autoencoder,
    *,
    codes: Latents | None = None,
    labels: Labels | None = None,
    half: bool = False,
    root: Path | None = None,
) -> Card:
    """Write a checkpoint under `root`, by default the one in `AE_HOME`, and give its card.

    The folder is made under another name, forced to disk, and renamed into place; whatever
    stood there before stays whole until then. Codes are kept as float16, weights too if `half`.

    Raises:
        UserError: the name is none or a classifier's, a figure is no number, or the disk does not
            take it.
    """
    check_free(card.name, root)
    files = {"weights.safetensors": tensor_bytes(model, half=half)}
    if codes is not None and labels is not None:
        files["codes.safetensors"] = write_tensors(
            {"codes": codes.half().cpu(), "labels": labels.to(torch.uint8).cpu()}
        )
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    written = replace(
        card,
        weights_sha256=digests["weights.safetensors"],
        codes_sha256=digests.get("codes.safetensors", ""),
    )
    files["card.json"] = json_bytes(card.name, written.to_dict())
    write_folder(card.name, files, root)
    return written


def retitle(name: str, title: str) -> None:
    """Change the title on the card of a checkpoint that people made.

    Raises:
        UserError: there is none, or the disk or the store does not take it.
    """
    folder = find(name)
    changed = replace(read_card(folder), title=title)
    partial = folder / "card.partial"
    try:
        partial.write_bytes(json_bytes(name, changed.to_dict()))
        partial.replace(folder / "card.json")
    except OSError as failure:
        raise UserError(f"The new title could not be saved ({failure.strerror}).") from failure
    sync.push(folder)


def delete(name: str) -> None:
    """Delete a checkpoint that people made; nothing where there is none.

    Raises:
        UserError: the store cannot be reached; then nothing is deleted.
    """
    check_name(name)
    root = settings().checkpoint_roots[0]
    sync.drop(root / name)
    if (root / name).is_dir() and not holds_classifier(root / name):
        remove_whole(root, name)


def check_free(name: str, root: Path | None = None) -> None:
    """Refuse a name under which a checkpoint cannot be kept.

    Raises:
        UserError: it is no name, or a classifier has it.
    """
    check_name(name)
    if holds_classifier((root or settings().checkpoint_roots[0]) / name):
        raise UserError(
            f"{name} is a classifier, which a checkpoint would replace. Choose another name."
        )


def tensor_bytes(model: nn.Module, *, half: bool) -> bytes:
    """The weights of a model as a file, as float16 if `half`."""
    return write_tensors(
        {
            name: (value.half() if half else value).detach().cpu().contiguous()
            for name, value in model.state_dict().items()
        }
    )


def json_bytes(name: str, values: Mapping[str, Any]) -> bytes:
    """A card as a file.

    Raises:
        UserError: a figure of it is no number.
    """
    try:
        text = json.dumps(values, indent=2, allow_nan=False)
    except ValueError as failure:
        raise UserError(
            f"The model {name} was not kept, because its figures are not numbers. Train it"
            " again with a smaller learning rate."
        ) from failure
    return f"{text}\n".encode()


def write_folder(name: str, files: Mapping[str, bytes], root: Path | None = None) -> None:
    """Put a folder of these files under `root`, by default that in `AE_HOME`, whole or not at all.

    Raises:
        UserError: the disk does not take it.
    """
    root = root or settings().checkpoint_roots[0]
    try:
        write_whole(root, name, files)
    except OSError as failure:
        raise UserError(
            f"The checkpoint {name} could not be saved in {root} ({failure.strerror})."
            " Make room or choose another AE_HOME; nothing that was there has changed."
        ) from failure


def read_checked(path: Path, sha256: str) -> dict[str, Tensor]:
    """The tensors in a file of a folder, if they are those that its card names.

    Raises:
        UserError: they are not, or it is not such a file.
    """
    data = read_bytes(path, MAX_FILE_BYTES)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UserError(f"{broken(path.parent)}: {path.name} is not the file that its card names.")
    if len(data) < 8 or int.from_bytes(data[:8], "little") > MAX_HEADER_BYTES:
        raise UserError(f"{broken(path.parent)}: {path.name} is not a safetensors file.")
    try:
        return read_tensors(data)
    except (SafetensorError, ValueError, KeyError) as failure:
        raise UserError(
            f"{broken(path.parent)}: {path.name} is not a safetensors file."
        ) from failure


def _read_codes(folder: Path, card: Card) -> tuple[Latents, Labels]:
    kept = read_checked(folder / "codes.safetensors", card.codes_sha256)
    codes, labels = kept.get("codes"), kept.get("labels")
    if (
        codes is None
        or labels is None
        or (codes.dtype, labels.dtype) != (torch.float16, torch.uint8)
        or codes.shape != (len(codes), card.latent_dim)
        or labels.shape != (len(codes),)
        or not bool(codes.isfinite().all())
    ):
        raise UserError(f"{broken(folder)}: codes.safetensors does not hold codes and labels.")
    return codes.float(), labels.long()


def check_weights(name: str, weights: dict[str, Tensor], model: nn.Module) -> None:
    """Hold the weights of the folder `name` against an outline of their network.

    Raises:
        UserError: a name, shape or number format is not the network's, or a number is impossible.
    """
    expected = model.state_dict()
    if weights.keys() != expected.keys():
        odd = min(weights.keys() ^ expected.keys())
        raise UserError(
            f"The checkpoint {name} does not fit its family: {shortened(odd)} is out of place."
        )
    for key, value in weights.items():
        fits = value.dtype in (torch.float16, expected[key].dtype)
        if value.shape != expected[key].shape or not fits:
            raise UserError(
                f"The checkpoint {name} does not fit its family: {key} is"
                f" {value.dtype} {tuple(value.shape)}, not"
                f" {expected[key].dtype} {tuple(expected[key].shape)}."
            )
        if not bool((value.abs() <= LARGEST_WEIGHT).all()):
            raise UserError(f"The checkpoint {name} is damaged: {key} holds impossible numbers.")
