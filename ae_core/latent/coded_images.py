"""Test images with their codes, those left out whose codes are not finite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Int64
from torch import Tensor

from ae_core import image_sets, latent
from ae_core.checkpoints import Checkpoint
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet, ImageSetKey
from ae_core.texts import _, ngettext
from ae_core.types import Labels, Latents, Pixels

MOST = 10_000
LEAST = 2


@dataclass(frozen=True, eq=False)
class Coded:
    """Images, codes and classes, row by row; `rows` are their numbers among the test images."""

    x: Pixels
    z: Latents
    labels: Labels
    rows: Int64[Tensor, " n"]
    left_out: int

    def place(self, number: int) -> int | None:
        """The row of a test image; None where it was left out."""
        found = (self.rows == number).nonzero()
        return int(found[0]) if len(found) else None


def coded(
    checkpoint: Checkpoint, images: ImageSet, count: int = MOST, *, at_once: bool = False
) -> Coded:
    """The first test images with their codes.

    Args:
        checkpoint: the model.
        images: the set; its test images are taken.
        count: how many, at most.
        at_once: take the codes that ship with the model, even where these are of fewer images.

    Raises:
        UserError: images of another size, or hardly a code of finite numbers.
    """
    card, title = checkpoint.card, checkpoint.card.title
    if images.image_shape != card.image_shape:
        raise UserError(
            _(
                "{model} takes images of {taken}, and those of {images} are {size}. Choose another"
                " model in the sidebar.",
                model=title, taken=_size(card.image_shape), images=images.shown_title,
                size=_size(images.image_shape),
            )
        )  # fmt: skip
    kept = checkpoint.codes if images.sha256 == card.image_set_sha256 else None
    enough = kept is not None and (at_once or len(kept) >= min(count, len(images.test)))
    if kept is None or not enough or card.only_classes or card.hold_out:
        kept = latent.encode(checkpoint.model, images.test[:count])
    z = kept[:count].float()
    good = z.isfinite().all(1)
    if good.sum() < LEAST:
        raise UserError(
            ngettext(
                "Of {count:,} code of {model} {finite} are finite numbers. The model is damaged, or"
                " was trained too fast: choose another one, or train it again.",
                "Of {count:,} codes of {model} {finite} are finite numbers. The model is damaged,"
                " or was trained too fast: choose another one, or train it again.",
                len(z), model=title, finite=int(good.sum()),
            )
        )  # fmt: skip
    rows = good.nonzero()[:, 0]
    if len(rows) == len(z):  # no copy of what is mapped into memory
        return Coded(images.test[: len(z)], z, images.test_labels[: len(z)], rows, 0)
    return Coded(
        images.test[rows], z[rows], images.test_labels[rows], rows, int(len(z) - len(rows))
    )


def images_of(asked: Mapping[str, str]) -> ImageSet:
    """The image set that a question names by name and sha256.

    Raises:
        UserError: it is gone, or has changed.
    """
    key = ImageSetKey.from_dict(asked)
    found = image_sets.load(key.name)
    if found.key != key:
        raise UserError(_("The images have changed. Load the page again."))
    return found


def _size(shape: tuple[int, int, int]) -> str:
    channels, height, width = shape
    if channels == 3:
        return _("{width} x {height} pixels in colour", width=width, height=height)
    return _("{width} x {height} pixels", width=width, height=height)
