"""How unusual the images of a set are to a model, beside the test images of its own set.

Asked: `model`, `images` (name and sha256 of the set that it learned from), `looked_at` (name and
sha256 of the set whose images are scored: the same one, or another) and `part`: "test", "train"
(of the same set: what this model learned from) or "both".

Answer: `number` of each image that was scored, counted from the first training image on to the last
test image; its `error` and `distance` (see `evaluation.anomalies`); the same of test images like
those that the model learned from, `normal_error` and `normal_distance`; and `known`, the codes of
training images from which distances are measured. At most `MOST` images, evenly spread, or `FEW`
where the model has convolutions; in values, `count`, of how many they are.
"""

from __future__ import annotations

import torch
from torch import nn

from ae_core import image_sets, latent
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.analyses.reconstruction_errors import spread
from ae_core.checkpoints import Checkpoint
from ae_core.errors import UserError
from ae_core.evaluation import anomalies, metrics
from ae_core.evaluation.anomalies import Known, Rows, Unusual
from ae_core.image_sets import ImageSet
from ae_core.latent.coded_images import images_of
from ae_core.texts import _
from ae_core.types import Pixels

VERSION = 1

MOST = 10_000
FEW = 3_000
"""Where a model has convolutions, which take a hundred times as long."""


@torch.no_grad()
def compute(asked: Asked, told: Told) -> Answer:
    """The scores of the images asked for.

    Raises:
        UserError: the model or the images have changed, do not fit, or it draws NaN.
    """
    checkpoint = model_of(asked["model"])
    card, images = checkpoint.card, images_of(asked["images"])
    is_same = asked["looked_at"] == asked["images"]
    looked_at = images if is_same else images_of(asked["looked_at"])
    for each in (images, looked_at):
        if each.image_shape != card.image_shape:
            raise UserError(
                _(
                    "{model} takes images of another size than those of {images}.",
                    model=card.title, images=each.shown_title,
                )
            )  # fmt: skip
    learned = image_sets.select(
        images.name, part=card.part, hold_out=card.hold_out, classes=card.only_classes
    )
    told(0.0, _("encoding training images"))
    layers = checkpoint.model.modules()
    slow = any(isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) for layer in layers)
    most = FEW if slow else MOST
    places = spread(len(learned.train), most // 2)
    known = latent.encode(checkpoint.model, learned.train[places])
    metrics.check_codes(known, card.title)
    if asked["part"] == "train":
        looked_at = learned
    every = _rows(looked_at, asked["part"])
    rows = every[spread(len(every), most)]
    own = None
    if asked["part"] == "train":
        own = torch.full((len(learned.train),), -1)
        own[places] = torch.arange(len(places))
        own = own[rows]
    same = is_same and asked["part"] == "test" and not (card.hold_out or card.only_classes)
    normal = _rows(learned, "test")
    normal = normal[spread(len(normal), most)]
    count = len(rows) + (0 if same else len(normal))
    found = _scores(checkpoint, looked_at, rows, known, own, told, 0, count)
    usual = found
    if not same:
        usual = _scores(checkpoint, learned, normal, known, None, told, len(rows), count)
    return Answer(
        {
            "number": rows, "error": found.error, "distance": found.distance,
            "normal_error": usual.error.clone(), "normal_distance": usual.distance.clone(),
            "known": known,
        },
        {"count": len(every)},
    )  # fmt: skip


def pixels(images: ImageSet, rows: Rows) -> Pixels:
    """The images of these numbers, counted from the first training image to the last test image."""
    in_train = rows < len(images.train)
    made = images.train.new_empty((len(rows), *images.image_shape))
    made[in_train] = images.train[rows[in_train]]
    made[~in_train] = images.test[rows[~in_train] - len(images.train)]
    return made


def _rows(images: ImageSet, part: str) -> Rows:
    train, both = len(images.train), len(images.train) + len(images.test)
    start, end = {"train": (0, train), "test": (train, both), "both": (0, both)}[part]
    return torch.arange(start, end)


def _scores(
    checkpoint: Checkpoint, images: ImageSet, rows: Rows, known: Known, own: Rows | None,
    told: Told, before: int, count: int,
) -> Unusual:  # fmt: skip
    def tell(done: int) -> None:
        done += before
        told(done / count, _("{done:,} of {count:,} images", done=done, count=count))

    return anomalies.scores(
        checkpoint.model, checkpoint.card.title, lambda some: pixels(images, some), rows, known,
        own, tell,
    )  # fmt: skip
