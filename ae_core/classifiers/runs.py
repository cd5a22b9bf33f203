"""From what a person asked for to a kept classifier, as `training/runs.py` does for autoencoders.

run = start(ClassifierSpec(checkpoint="mnist-dense-49", labels=100))
for event in watch(run):
    ...
card = finish(run)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch

from ae_core import checkpoints, classifiers, image_sets, wording
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.objective import Recognition
from ae_core.classifiers.specs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.image_sets import ONLY_CLASS, ImageSet
from ae_core.image_sets.subsets import balanced, check_draw
from ae_core.models import Autoencoder
from ae_core.recipes import Recipe
from ae_core.texts import _, ngettext
from ae_core.training import changes
from ae_core.training.arithmetic import device
from ae_core.training.base_run import BaseRun, measured, watch
from ae_core.training.loop import Training
from ae_core.training.optimisers import initialise

__all__ = ["ClassifierRun", "ClassifierSpec", "finish", "start", "watch"]

HALF_IS_AS_GOOD = 5e-4
"""Accuracy that may be lost where weights are kept as float16."""

FEWEST_IMAGES = 20
"""Images, test images among them, below which an accuracy would say next to nothing."""


@dataclass(frozen=True, eq=False)
class ClassifierRun(BaseRun[ClassifierSpec, Classifier]):
    """A run of a classifier under way, on the encoder of the checkpoint with that card."""

    encoder: Card = field(kw_only=True)


def start(spec: ClassifierSpec, *, on: str = "auto", root: Path | None = None) -> ClassifierRun:
    """Make the classifier and the training that a spec asks for; `finish` keeps it under `root`.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    kept = checkpoints.load(spec.checkpoint)
    classifiers.check_free(spec.kept_name, root)
    images = image_sets.select(spec.image_set or kept.card.image_set, hold_out=spec.hold_out)
    chosen = balanced(
        images.train_labels,
        labelled_images(spec, kept.card, images),
        classes=len(images.classes),
        seed=spec.seed,
    )
    model = _from_scratch(kept.card, images, spec.seed) if spec.scratch else kept.model
    objective = Recognition(
        Classifier(model, len(images.classes), head_width=spec.head_width).to(device(on)),
        images.train,
        images.train_labels,
        spec,
        labelled=chosen,
        frozen=spec.frozen,
    )
    training = Training(
        objective,
        seed=spec.seed,
        steps=spec.steps,
        plan=spec.plan,
        changes=changes.read(spec.changes),
    )
    training.prepare(seconds=spec.seconds)
    return ClassifierRun(spec, images, training, root, encoder=kept.card)


def labelled_images(spec: ClassifierSpec, encoder: Card, images: ImageSet) -> int:
    """From how many of these images a classifier on that encoder learns.

    Raises:
        UserError: it cannot learn from these images; why, and what to do.
    """
    if images.image_shape != encoder.image_shape:
        raise UserError(
            _(
                "The images of {images} are {size}, and the encoder takes {taken}. Choose another"
                " image set or another encoder.",
                images=images.shown_title, size=wording.shape(images.image_shape),
                taken=wording.shape(encoder.image_shape),
            )
        )  # fmt: skip
    if images.classes == (ONLY_CLASS,):
        raise UserError(
            _(
                "The images of {images} have no labels. Choose another set, or make this one again"
                " with a folder for each class.",
                images=images.shown_title,
            )
        )
    if len(images.train_labels.unique()) < 2:
        raise UserError(
            _(
                "All training images of {images} are of one class, so that there is nothing to tell"
                " apart. Choose a set of two classes or more.",
                images=images.shown_title,
            )
        )
    if (count := len(images.train) + len(images.test)) < FEWEST_IMAGES:
        raise UserError(
            ngettext(
                "{images} has {count} image, and a classifier needs {fewest} or more. Choose a"
                " larger set.",
                "{images} has {count} images, and a classifier needs {fewest} or more. Choose a"
                " larger set.",
                count, images=images.shown_title, fewest=FEWEST_IMAGES,
            )
        )  # fmt: skip
    labels = spec.labels or len(images.train)
    check_draw(labels, images=len(images.train), classes=len(images.classes))
    return labels


def finish(run: ClassifierRun) -> ClassifierCard:
    """Measure the classifier on the images it has not seen, and keep it; stopped runs too.

    Raises:
        UserError: the disk does not take it.
        NotSentError: it is kept, and the store does not take it now.
    """
    spec, training, images = run.spec, run.training, run.images
    classifier = training.model.cpu().to(memory_format=torch.contiguous_format).eval()
    metrics, half = measured(
        classifier,
        lambda each: {"accuracy": classifiers.accuracy(each, images.test, images.test_labels)},
        lambda short, whole: abs(short - whole) <= HALF_IS_AS_GOOD,
    )
    card = ClassifierCard(
        **run.facts(),
        title=spec.title or _("Classifier on {model}", model=spec.checkpoint),
        family=run.encoder.family,
        config=run.encoder.config,
        started_from=spec.checkpoint,
        labels=len(training.objective.images),
        scratch=spec.scratch,
        frozen=spec.frozen,
        recipe=spec.exactly(training).recipe(),
        classes=list(images.classes),
        metrics=metrics,
        encoder_has_seen_test_images=not spec.scratch
        and run.encoder.has_seen_test_images
        and run.encoder.image_set_sha256 == images.sha256,
    )
    confusion = classifiers.confusion(classifier, images.test, images.test_labels)
    card = classifiers.save(card, classifier, confusion, half=half, root=run.root)
    run.push()
    return card


def _from_scratch(encoder: Card, images: ImageSet, seed: int) -> Autoencoder:
    """The same network with weights drawn as for a training of the autoencoder."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = checkpoints.build(encoder.family, encoder.config, encoder.image_shape)
    mean = images.train.sum(0, dtype=torch.float32) / (255 * len(images.train))
    generator = torch.Generator().manual_seed(seed)
    initialise(model, Recipe.from_dict(encoder.recipe), mean, generator)
    return model
