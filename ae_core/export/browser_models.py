"""What a browser needs to run a model by itself: networks, codes and images as plain bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints import Checkpoint
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import onnx_files
from ae_core.export.onnx_files import Half
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
        half: Half = "posterior" if found.model.has_posterior else "encoder"
        return onnx_files.onnx_bytes(found.model, half)
    if kind == labelled_codes(found.card):
        codes, labels = codes_of(found)
        return codes.float().numpy().tobytes() + labels.to(torch.int16).numpy().tobytes()
    raise UserError(_("A model has no part {name!r}.", name=kind[:20]))


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
