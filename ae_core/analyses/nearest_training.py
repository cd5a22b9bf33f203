"""Which training images are nearest to what a model draws: has it learned to draw, or to copy?

Asked: `model`, `images` (name and sha256 of a set), and `index`, which of its test images.

Answer: `by_pixels` and `by_code`, (n, c, h, w), the training images nearest to each reconstruction
and to each code; `own` and `nearest`, (n,), the squared error of each reconstruction to its own
image and to the nearest training image, means over the pixels. In values, `count` and `coded`, of
how many training images the nearest is one, by pixels and by code. Only images that this
training of the model learned from count.
"""

from __future__ import annotations

import torch

from ae_core import image_sets, latent
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.analyses.reconstruction_errors import spread
from ae_core.errors import UserError
from ae_core.evaluation import metrics
from ae_core.latent.coded_images import images_of
from ae_core.texts import _

VERSION = 1

MOST_CODED = 20_000
"""Training images that are encoded, at most: convolutions take a minute for so many."""

CHUNK = 1_000


@torch.no_grad()
def compute(asked: Asked, told: Told) -> Answer:
    """The nearest training images of the reconstructions asked for.

    Raises:
        UserError: the model or the images have changed, do not fit, or it draws NaN.
    """
    checkpoint = model_of(asked["model"])
    card, model = checkpoint.card, checkpoint.model
    images = images_of(asked["images"])
    if images.image_shape != card.image_shape:
        raise UserError(
            _(
                "{model} takes images of another size than those of {images}.",
                model=card.title, images=images.shown_title,
            )
        )  # fmt: skip
    x = images.test[asked["index"]].float().div(255)
    x_hat, z = model(x), model.encode(x)
    metrics.check_numbers(x_hat, card.title)
    metrics.check_codes(z, card.title)
    learned = image_sets.select(
        images.name, part=card.part, hold_out=card.hold_out, classes=card.only_classes
    ).train
    some = learned[spread(len(learned), MOST_CODED)]
    whole = len(learned) + len(some)
    squared, apart = [], []
    for start in range(0, len(learned), CHUNK):
        said = _("{done:,} of {count:,} training images", done=start, count=len(learned))
        told(start / whole, said)
        part = learned[start : start + CHUNK].float().div(255).flatten(1)
        squared.append(torch.cdist(x_hat.flatten(1), part).square() / part.shape[1])
    for start in range(0, len(some), CHUNK):
        said = _("codes of {done:,} of {count:,}", done=start, count=len(some))
        told((len(learned) + start) / whole, said)
        apart.append(torch.cdist(z, latent.encode(model, some[start : start + CHUNK])))
    nearest, by_pixels = torch.cat(squared, 1).min(1)
    return Answer(
        {
            "by_pixels": learned[by_pixels],
            "by_code": some[torch.cat(apart, 1).argmin(1)],
            "own": metrics.mse(x_hat, x),
            "nearest": nearest,
        },
        {"count": len(learned), "coded": len(some)},
    )
