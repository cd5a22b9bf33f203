"""A classifier on a model's encoder, with few labelled images: as it learned, and from scratch."""

from __future__ import annotations

import torch

from ae_core import classifier_runs
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.classifier_runs import ClassifierSpec
from ae_core.coded_images import images_of
from ae_core.errors import UserError

VERSION = 1
TESTED = 10_000


def compute(asked: Asked, told: Told) -> Answer:
    """Trains both with each count of `labels`; 0 stands for all images.

    Returns:
        `taken` (counts, 2, n): for what each test image is taken, pretrained first; `counts`, how
        many labelled images that were.

    Raises:
        UserError: fewer than two classes, or fewer images than labels asked for.
    """
    model_of(asked["model"])
    images = images_of(asked["images"])
    if len(images.train_labels.unique()) < 2 or len(images.classes) < 2:
        raise UserError(
            f"All images of {images.title} are of one class, so that there is nothing to tell"
            " apart. Choose a model whose images have two classes or more."
        )
    labels = [int(count) for count in asked["labels"]]
    rows, counts, turns = [], [], 2 * len(labels)
    for turn in range(turns):
        count, scratch = labels[turn // 2], bool(turn % 2)
        spec = ClassifierSpec(
            checkpoint=asked["model"]["name"], image_set=images.name, labels=count,
            scratch=scratch, threads=1, name="few-labels",
        )  # fmt: skip
        training = classifier_runs.start(spec, on="cpu").training
        which = "from scratch" if scratch else "pretrained"
        for event in training:
            told(
                (turn + event.step / event.steps) / turns,
                f"{len(training.images):,} labels, {which}: step {event.step} of {event.steps}",
            )
        rows.append(training.classifier.predict(images.test[:TESTED])[0])
        counts.append(len(training.images))
    taken = torch.stack(rows).unflatten(0, (len(labels), 2))
    return Answer({"taken": taken.to(torch.int16)}, {"counts": counts[::2]})
