"""A classifier on a model's encoder, with few labelled images: as it learned, and from scratch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch

from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.classifiers import runs
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.latent.coded_images import images_of
from ae_core.texts import _, ngettext
from ae_core.training.loop import Event, Training

VERSION = 1
TESTED = 5_000

LONGEST_SECONDS = 200.0
"""Of training, all together; a slow network then takes fewer steps."""

TRIED_SECONDS = 3.0
"""The first steps are slow and say nothing about the rest."""


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
            _(
                "All images of {images} are of one class, so that there is nothing to tell apart."
                " Choose a model whose images have two classes or more.",
                images=images.shown_title,
            )
        )
    labels = [int(count) for count in asked["labels"]]
    rows, counts, turns = [], [], 2 * len(labels)
    for turn in range(turns):
        count, scratch = labels[turn // 2], bool(turn % 2)
        spec = ClassifierSpec(
            checkpoint=asked["model"]["name"], image_set=images.name, labels=count,
            scratch=scratch, threads=1, name="few-labels",
        )  # fmt: skip
        learned = count or len(images.train)

        def say(
            event: Event, turn: int = turn, scratch: bool = scratch, learned: int = learned
        ) -> None:
            at = {"step": event.step, "steps": event.steps}
            told(
                (turn + event.step / event.steps) / turns,
                ngettext(
                    "{count:,} label, from scratch: step {step} of {steps}",
                    "{count:,} labels, from scratch: step {step} of {steps}",
                    learned, **at,
                )
                if scratch
                else ngettext(
                    "{count:,} label, pretrained: step {step} of {steps}",
                    "{count:,} labels, pretrained: step {step} of {steps}",
                    learned, **at,
                ),
            )  # fmt: skip

        training = _trained(spec, LONGEST_SECONDS / turns, say)
        rows.append(training.model.predict(images.test[:TESTED])[0])
        counts.append(len(training.objective.images))
    taken = torch.stack(rows).unflatten(0, (len(labels), 2))
    return Answer({"taken": taken.to(torch.int16)}, {"counts": counts[::2]})


def _trained(
    spec: ClassifierSpec, seconds: float, say: Callable[[Event], None]
) -> Training[Classifier]:
    """A training at its end, after as many steps as the labels need or the time allows."""
    training = runs.start(spec, on="cpu").training
    for event in training:
        known = event.seconds > TRIED_SECONDS and not spec.seconds
        if known and event.seconds + event.seconds_left > seconds:
            return _trained(replace(spec, seconds=seconds), seconds, say)
        say(event)
    return training
