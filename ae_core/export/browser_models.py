"""What a browser needs to run a model by itself: networks, codes and images as plain bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints import Checkpoint
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import onnx_files
from ae_core.export.onnx_files import Half
from ae_core.image_sets.own_picture import OF_DIGITS
from ae_core.models.base import Autoencoder
from ae_core.texts import _
from ae_core.types import Labels, Latents, Pixels

MAX_IMAGES = 10_000

MOST_AT_ONCE = 256
"""Images that are given out at once: `frontend/src/images/test_images.ts` asks for no more."""


def part(name: str, sha256: str, kind: str) -> bytes:
    """One part of the checkpoint whose weights have this sha256.

    "decoder" and "encoder" are ONNX files; the encoder of a model with a posterior gives the
    log-variances after the means. The part called `labelled_codes(card)` are the codes of the test
    images as float32, row after row, and then their classes as int16.

    Raises:
        UserError: there is no such checkpoint or part, or its weights have changed.
    """
    if checkpoints.card(name).weights_sha256 != sha256:  # much less work than to load it
        raise UserError(_("The weights of {name} have changed. Load the page again.", name=name))
    found = checkpoints.load(name)
    if kind == "decoder":
        return onnx_files.onnx_bytes(found.model, "decoder")
    if kind == "encoder":
        return encoder(found.model)
    if kind == labelled_codes(found.card):
        return packed_codes(*codes_of(found))
    raise UserError(_("A model has no part {name!r}.", name=kind[:20]))


def encoder(model: Autoencoder) -> bytes:
    """The encoder; of a model with a posterior with the log-variances after the means."""
    half: Half = "posterior" if model.has_posterior else "encoder"
    return onnx_files.onnx_bytes(model, half)


def packed_codes(codes: Latents, labels: Labels) -> bytes:
    """Codes as float32, row after row, and then their classes as int16."""
    return codes.float().numpy().tobytes() + labels.to(torch.int16).numpy().tobytes()


def labelled_codes(card: Card) -> str:
    """What the part with the test codes is called: the same codes may be given other labels."""
    return f"labelled-codes-{card.image_set_sha256[:16]}"


def codes_of(checkpoint: Checkpoint) -> tuple[Latents, Labels]:
    """Codes and classes of the test images: those that ship, else encoded now.

    Raises:
        UserError: none ship, and the images are not here.
    """
    if checkpoint.codes is not None and checkpoint.labels is not None:
        return checkpoint.codes, checkpoint.labels
    images = image_sets.load(checkpoint.card.image_set)
    some = slice(MAX_IMAGES)
    return latent.encode(checkpoint.model, images.test[some]), images.test_labels[some]


def test_images(card: Card) -> Pixels | None:
    """The images behind the codes, row by row, where they are here and still the same."""
    if card.only_classes or card.hold_out or card.image_set not in image_sets.available():
        return None
    found = image_sets.load(card.image_set)
    return found.test[:MAX_IMAGES] if found.sha256 == card.image_set_sha256 else None


def class_names(card: Card, labels: Labels) -> tuple[str, ...]:
    """The classes of a model's images: as the set calls them, where it is still what the model
    learned from, else as the card does; their numbers where their names are unknown."""
    most = int(labels.max()) + 1
    names = image_sets.class_names(card.image_set, card.image_set_sha256) or tuple(card.classes)
    return names if len(names) >= most else tuple(map(str, range(most)))


def free_axes(model: Autoencoder, codes: Latents) -> tuple[Tensor, Tensor, list[float]]:
    """Centre, principal axes and shares of those numbers of the codes that move freely."""
    moving = torch.arange(model.latent_dim) < model.free_numbers
    return latent.principal_axes(codes * moving)


def facts(
    checkpoint: Checkpoint,
    count: int,
    axes: tuple[Tensor, Tensor, list[float]],
    usual: float | None,
) -> dict[str, Any]:
    """What the map is told of a model itself, named as in `frontend/src/models/model.ts`."""
    card, model = checkpoint.card, checkpoint.model
    centre, principal, shares = axes
    return {
        "name": card.name,
        "count": count,
        "dim": card.latent_dim,
        "free": model.free_numbers,
        "levels": model.code_levels,
        "shape": card.image_shape,
        "low": card.code_low,
        "high": card.code_high,
        "centre": centre.tolist(),
        "principal": principal.tolist(),
        "shares": shares,
        "usual": usual,
        "mse": card.metrics["mse"],
        "variational": model.has_posterior,
        "digits": card.image_set in OF_DIGITS,
    }


def images_of(name: str, sha256: str, rows: str) -> bytes:
    """Test images of the set that has this sha256, (n, c, h, w), as bytes; `rows` as "3,17,45".

    Raises:
        UserError: there is no such set, its images have changed, or it has no such rows.
    """
    test = _test_images(name, sha256)
    given = rows.split(",", MOST_AT_ONCE)
    numbers = [int(row) if row.isdecimal() and len(row) < 6 else -1 for row in given]
    last = min(len(test), MAX_IMAGES) - 1
    if len(numbers) > MOST_AT_ONCE or not all(0 <= number <= last for number in numbers):
        raise UserError(_("There are no such images. Load the page again."))
    return test[numbers].numpy().tobytes()


def _test_images(name: str, sha256: str) -> Pixels:
    """The test images of a set, mapped."""
    return _of_set(name, sha256).images


class _Test(NamedTuple):
    """What is given out of a set: its test images, and what is known of each."""

    sha256: str
    images: Pixels
    factors: Tensor | None


def _of_set(name: str, sha256: str) -> _Test:
    """The test images of the set that has this sha256.

    Raises:
        UserError: there is no such set, or its images have changed.
    """
    found = _read(name, image_sets.version(name))
    if found.sha256 != sha256:
        raise UserError(
            _("The images of {name!r} have changed. Load the page again.", name=name[:64])
        )
    return found


@lru_cache(maxsize=4)
def _read(name: str, _version: str) -> _Test:
    """To check a set takes longer than to give some of it out."""
    found = image_sets.load(name)
    return _Test(found.sha256, found.test, found.factors.test if found.factors else None)


def factors_of(name: str, sha256: str, count: int) -> bytes:
    """What is known of the first test images of the set that has this sha256, float32 row by row.

    Raises:
        UserError: there is no such set, its images have changed, or nothing is known of them.
    """
    factors = _of_set(name, sha256).factors
    if factors is None or not 0 < count <= MAX_IMAGES:
        raise UserError(
            _("The images of {name!r} have changed. Load the page again.", name=name[:64])
        )
    return factors[:count].numpy().tobytes()
