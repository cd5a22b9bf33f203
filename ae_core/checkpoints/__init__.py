"""Trained models: a folder each, written whole or not at all, and read as untrusted.

    <name>/weights.safetensors   the model
    <name>/card.json             what it is, how it was trained, how well it does
    <name>/codes.safetensors     codes and labels of the test images, so that maps need no images

Weights are checked against the card's sha256, then name by name and shape by shape against the
family's network.
"""

from ae_core.checkpoints.finding import Broken, available, card, find
from ae_core.checkpoints.networks import build
from ae_core.checkpoints.reading import Checkpoint, load
from ae_core.checkpoints.writing import check_free, delete, relabel, retitle, save

__all__ = [
    "Broken",
    "Checkpoint",
    "available",
    "build",
    "card",
    "check_free",
    "delete",
    "find",
    "load",
    "relabel",
    "retitle",
    "save",
]
