"""What is measured for the figures of lessons: at once where it is quick, else read as it ships.

`python -m scripts.lesson_figures` measures what takes long; `lessons/measured.json` has it by the
name of the checkpoint, and it counts as long as that has the same weights.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import torch

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation import denoising, filters, metrics
from ae_core.export import browser_models
from ae_core.latent import image_moments, traversals
from ae_core.lessons import roles
from ae_core.noise import make
from ae_core.settings import APP
from ae_core.texts import _

MEASURED = APP / "lessons" / "measured.json"
IMAGES = 500
NEIGHBOURS = 5
CHUNK = 500


def error(of: str) -> float:
    """The mean squared error on test images of a model by its role, or of the mean image."""
    if of == "mean":
        return _error_of_mean_image(roles.present_set())
    return float(roles.card(of).metrics["mse"])


@cache
def _error_of_mean_image(name: str) -> float:
    found = image_sets.load(name)
    mean = found.train.float().div(255).mean(0)
    return float((found.test.float().div(255) - mean).square().mean())


def psnr(restorer: str, noise: str, strength: float) -> float:
    """PSNR in dB of noisy test images once they are restored: by `denoising`, `median`, or not."""
    return _psnr(roles.present_set(), restorer, noise, strength)


@cache
def _psnr(name: str, restorer: str, noise: str, strength: float) -> float:
    clean = image_sets.load(name).test[:IMAGES].float().div(255)
    kind = make(noise, **({"mean": 0.0} if noise == "gaussian" else {}))  # as *Denoise* begins
    spoiled = kind.at(strength)(clean, torch.Generator().manual_seed(0))
    if restorer == "median":
        spoiled = filters.restored("median", spoiled)
    elif restorer != "noisy":
        spoiled = denoising.through(checkpoints.load(roles.name(restorer)).model, spoiled)
    return float(metrics.psnr(spoiled, clean).mean())


def neighbours(of: str) -> float:
    """Of the five nearest other codes of a test image, the share that is of its class."""
    return _neighbours(roles.name(of), roles.card(of).weights_sha256)


@cache
def _neighbours(name: str, _weights: str) -> float:
    codes, labels = browser_models.codes_of(checkpoints.load(name))
    right = 0.0
    for start in range(0, len(codes), CHUNK):
        distances = torch.cdist(codes[start : start + CHUNK], codes)
        rows = torch.arange(len(distances))
        distances[rows, start + rows] = torch.inf
        near = distances.topk(NEIGHBOURS, largest=False).indices
        right += float((labels[near] == labels[start + rows][:, None]).float().sum())
    return right / (NEIGHBOURS * len(codes))


def follows(measure: str, of: str) -> float:
    """The largest correlation of one number of a code with what is measured of its image."""
    return _follows(measure, roles.name(of), roles.card(of).weights_sha256)


@cache
def _follows(measure: str, name: str, _weights: str) -> float:
    checkpoint = checkpoints.load(name)
    codes = browser_models.codes_of(checkpoint)[0][: 2 * IMAGES]
    drawn = image_moments.moments(latent.decode(checkpoint.model, codes))
    column = image_moments.NAMES.index(measure)
    return float(traversals.correlations(codes, drawn)[:, column].abs().max())


def shipped(kind: str, card: Card) -> dict[str, Any]:
    """What was measured long ago of a checkpoint and ships.

    Raises:
        UserError: nothing was, or it has other weights now.
    """
    found = _shipped().get(kind, {}).get(card.name, {})
    if found.get("weights_sha256") != card.weights_sha256:
        raise UserError(_("Nothing was measured of {model}.", model=card.name))
    return dict(found)


@cache
def _shipped() -> dict[str, Any]:
    return dict(json.loads(MEASURED.read_text("utf-8")))
