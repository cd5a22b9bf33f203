"""Few images of a set: which of them, and each of them moved or mirrored for augmentation."""

from __future__ import annotations

import torch
from jaxtyping import Int64
from torch import Tensor

from ae_core.errors import UserError
from ae_core.texts import _, ngettext
from ae_core.types import Labels, Pixels

Places = Int64[Tensor, " places"]
"""Indices of images of a set."""


def check_draw(count: int, *, images: int, classes: int) -> None:
    """Refuse a draw of `count` labelled images from so many.

    Raises:
        UserError: there are not so many, or not one for each class.
    """
    if classes > images:
        raise UserError(
            _(
                "There are {classes} and {images}, and each class needs one at least. Choose a set"
                " with more images or with fewer classes.",
                classes=ngettext("{count:,} class", "{count:,} classes", classes),
                images=ngettext("{count:,} training image", "{count:,} training images", images),
            )
        )
    if not classes <= count <= images:
        raise UserError(
            ngettext(
                "{count:,} labelled image cannot be drawn: take {least:,} or more, one of each"
                " class, and no more than the {most:,} that there are.",
                "{count:,} labelled images cannot be drawn: take {least:,} or more, one of each"
                " class, and no more than the {most:,} that there are.",
                count,
                least=classes,
                most=images,
            )
        )


def balanced(labels: Labels, count: int, *, classes: int, seed: int) -> Places:
    """The indices of `count` images, with equally many of each class, or one more.

    Drawn by `seed`; a smaller draw is part of a larger one by the same seed. A class that runs out
    leaves its share to the others.

    Raises:
        UserError: there are not so many, or not one for each class.
    """
    check_draw(count, images=len(labels), classes=classes)
    generator = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(labels), generator=generator)
    turn_of_class = torch.randperm(classes, generator=generator)
    by_class, order = labels[shuffled].sort(stable=True)
    images_of = labels.bincount(minlength=classes)
    round_of_image = torch.empty_like(order)
    round_of_image[order] = torch.arange(len(labels)) - (images_of.cumsum(0) - images_of)[by_class]
    turn = round_of_image * classes + turn_of_class[labels[shuffled]]
    return shuffled[turn.argsort()[:count]]


def first_of_each(labels: Labels, count: int) -> Places:
    """The indices of `count` images: the first of each class, then whatever comes first."""
    firsts = [int((labels == label).nonzero()[0]) for label in labels.unique()]
    rest = torch.ones(len(labels), dtype=torch.bool)
    rest[firsts] = False
    found = torch.cat([torch.tensor(firsts, dtype=torch.int64), rest.nonzero()[:, 0]])
    return found[:count].to(labels.device)


def shifted(images: Pixels, pixels: int, generator: torch.Generator) -> Pixels:
    """Each image shifted by up to so many pixels each way, padded with its edge.

    The generator is on the images' device.
    """
    count, channels, height, width = images.shape
    device = images.device
    moves = torch.randint(-pixels, pixels + 1, (2, count, 1), generator=generator, device=device)
    rows = (torch.arange(height, device=device) + moves[0]).clamp_(0, height - 1)
    columns = (torch.arange(width, device=device) + moves[1]).clamp_(0, width - 1)
    return images[
        torch.arange(count, device=device)[:, None, None, None],
        torch.arange(channels, device=device)[:, None, None],
        rows[:, None, :, None],
        columns[:, None, None, :],
    ]


def flipped(images: Pixels, generator: torch.Generator) -> Pixels:
    """The images, about half of them mirrored left to right.

    The generator is on the images' device.
    """
    draws = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
    return torch.where(draws < 0.5, images.flip(3), images)


def augmented(
    images: Pixels, generator: torch.Generator, *, shift: int = 0, flip: bool = False
) -> Pixels:
    """Each image moved by up to `shift` pixels, and half of them mirrored; nothing is drawn for
    what is not asked."""
    images = flipped(images, generator) if flip else images
    return shifted(images, shift, generator) if shift else images
