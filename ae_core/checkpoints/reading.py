"""Loading a checkpoint, every file of it checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from ae_core.checkpoints.cards import Card, read_card
from ae_core.checkpoints.finding import find
from ae_core.checkpoints.networks import build, check_weights
from ae_core.checkpoints.tensor_files import read_checked
from ae_core.image_sets.stored import MOST_CLASSES
from ae_core.models import Autoencoder
from ae_core.storage.json_cards import broken
from ae_core.texts import _
from ae_core.types import Labels, Latents


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A loaded model with its card and, where they are kept, its test codes."""

    card: Card
    model: Autoencoder
    codes: Latents | None
    labels: Labels | None


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


def _read_codes(folder: Path, card: Card) -> tuple[Latents, Labels]:
    kept = read_checked(folder / "codes.safetensors", card.codes_sha256)
    codes, labels = kept.get("codes"), kept.get("labels")
    if (
        codes is None
        or labels is None
        or codes.dtype != torch.float16
        or labels.dtype not in (torch.int16, torch.uint8)
        or codes.shape != (len(codes), card.latent_dim)
        or labels.shape != (len(codes),)
        or not bool(codes.isfinite().all())
        or not bool(((labels >= 0) & (labels < MOST_CLASSES)).all())
    ):
        raise broken(folder, _("codes.safetensors does not hold codes and labels"))
    return codes.float(), labels.long()
