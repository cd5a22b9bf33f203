"""How well a model reconstructs each of many images: errors one by one, not their mean.

Asked: `model`, `images` (name and sha256 of a set), `part` ("test", or "train" for the images that
the model itself learned from) and `count`, how many of them, evenly spread.

Answer: `index` into the part, `mse` and `bce` of each, and its `entropy`, which is the `bce` of a
perfect reconstruction; a mean over the pixels each, all (n,).
"""

from __future__ import annotations

import torch

from ae_core import image_sets
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.errors import UserError
from ae_core.evaluation import loss_maps, metrics
from ae_core.latent.coded_images import images_of
from ae_core.models.batches import BATCH
from ae_core.texts import _

VERSION = 1


@torch.no_grad()
def compute(asked: Asked, told: Told) -> Answer:
    """The errors of the images asked for.

    Raises:
        UserError: the model or the images have changed, or it draws NaN.
    """
    checkpoint = model_of(asked["model"])
    card = checkpoint.card
    images = images_of(asked["images"])
    if images.image_shape != card.image_shape:
        raise UserError(
            _(
                "{model} takes images of another size than those of {images}.",
                model=card.title, images=images.shown_title,
            )
        )  # fmt: skip
    if asked["part"] == "train":
        images = image_sets.select(
            images.name, part=card.part, hold_out=card.hold_out, classes=card.only_classes
        )
    pixels = images.train if asked["part"] == "train" else images.test
    index = spread(len(pixels), asked["count"])
    errors: dict[str, list[torch.Tensor]] = {"mse": [], "bce": [], "entropy": []}
    for done, batch in enumerate(index.split(BATCH)):
        x = pixels[batch].float().div(255)
        x_hat = checkpoint.model(x)
        metrics.check_numbers(x_hat, card.title)
        errors["mse"].append(metrics.mse(x_hat, x))
        errors["bce"].append(metrics.bce(x_hat, x))
        errors["entropy"].append(loss_maps.entropy(x).flatten(1).mean(1))
        said = _("{done:,} of {count:,} images", done=done * BATCH, count=len(index))
        told(done * BATCH / len(index), said)
    return Answer({"index": index, **{kind: torch.cat(each) for kind, each in errors.items()}})


def spread(length: int, count: int) -> torch.Tensor:
    """At most `count` whole numbers below `length`, evenly spread; all of them, where it allows."""
    if count >= length:
        return torch.arange(length)
    return torch.arange(count) * length // count
