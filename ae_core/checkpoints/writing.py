"""Keeping, renaming and deleting checkpoints: each change whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as write_tensors

from ae_core.checkpoints.cards import Card, read_card
from ae_core.checkpoints.finding import find, holds_classifier
from ae_core.checkpoints.tensor_files import read_checked, tensor_bytes
from ae_core.errors import DiskError, UserError
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.folders import write_file, write_whole
from ae_core.storage.json_cards import check_name
from ae_core.texts import _
from ae_core.types import Labels, Latents


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
        UserError: the name is invalid or a classifier's, a figure is NaN, or the disk does not
            take it.
    """
    check_free(card.name, root)
    files = {"weights.safetensors": tensor_bytes(model, half=half)}
    if codes is not None and labels is not None:
        files["codes.safetensors"] = write_tensors(
            {"codes": codes.half().cpu(), "labels": labels.to(torch.int16).cpu()}
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


def relabel(name: str, images: ImageSet) -> None:
    """Give the test codes of a checkpoint the labels of its image set, whose pixels are as before.

    Raises:
        UserError: there is no such checkpoint, or the disk or the store does not take it.
    """
    folder = find(name)
    card = replace(read_card(folder), image_set_sha256=images.sha256, classes=list(images.classes))
    files = {"weights.safetensors": (folder / "weights.safetensors").read_bytes()}
    if card.codes_sha256:
        codes = read_checked(folder / "codes.safetensors", card.codes_sha256)["codes"]
        labels = images.test_labels[: len(codes)].to(torch.int16)
        files["codes.safetensors"] = data = write_tensors({"codes": codes, "labels": labels})
        card = replace(card, codes_sha256=hashlib.sha256(data).hexdigest())
    files["card.json"] = json_bytes(name, card.to_dict())
    write_folder(name, files)


def retitle(name: str, title: str) -> None:
    """Change the title on the card of a checkpoint that people made.

    Raises:
        UserError: there is none, or the disk or the store does not take it.
    """
    folder = find(name)
    write_title(folder / "card.json", replace(read_card(folder), title=title).to_dict())


def write_title(path: Path, card: Mapping[str, Any]) -> None:
    """Put a card with another title in the place of the former one.

    Raises:
        UserError: the disk or the store does not take it.
    """
    try:
        write_file(path, json_bytes(path.parent.name, card))
    except OSError as failure:
        raise DiskError(
            _("The new title could not be saved ({reason}).", reason=failure.strerror)
        ) from failure
    sync.push(path.parent)


def delete(name: str) -> None:
    """Delete a checkpoint or a classifier that people made; nothing where there is none.

    Raises:
        UserError: the store cannot be reached; then nothing is deleted.
    """
    check_name(name)
    sync.delete(settings().checkpoint_roots[0] / name)


def check_free(name: str, root: Path | None = None) -> None:
    """Refuse a name under which a checkpoint cannot be kept.

    Raises:
        UserError: it is no name, or a classifier has it.
    """
    check_name(name)
    if holds_classifier((root or settings().checkpoint_roots[0]) / name):
        raise UserError(
            _(
                "{name} is a classifier, which a checkpoint would replace. Choose another name.",
                name=name,
            )
        )


def json_bytes(name: str, values: Mapping[str, Any]) -> bytes:
    """A card as a file.

    Raises:
        UserError: a figure of it is NaN.
    """
    try:
        text = json.dumps(values, indent=2, allow_nan=False)
    except ValueError as failure:
        raise UserError(
            _(
                "The model {name} was not kept, because its figures are not numbers. Train it"
                " again with a smaller learning rate.",
                name=name,
            )
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
        raise DiskError(
            _(
                "The checkpoint {name} could not be saved in {folder} ({reason}). Make room or"
                " choose another AE_HOME; nothing that was there has changed.",
                name=name,
                folder=root,
                reason=failure.strerror,
            )
        ) from failure
