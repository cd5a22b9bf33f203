"""From what a person asked for to a kept classifier, as `runs.py` does for autoencoders.

run = start(ClassifierSpec(checkpoint="mnist-dense-49", labels=100))
for event in run.training:
    ...
card = finish(run)
"""

from __future__ import annotations

import copy
import platform
import shlex
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from ae_core import checkpoints, classifiers
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.recipe import ClassifierRecipe
from ae_core.classifiers.training import ClassifierTraining
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.image_sets.subsets import balanced
from ae_core.models import Autoencoder
from ae_core.options import option
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.training.loop import MAX_SECONDS, MAX_SEED, MAX_STEPS
from ae_core.training.optimisers import initialise
from ae_core.training.runs import device, device_name, image_set

HALF_IS_AS_GOOD = 5e-4
"""Accuracy that may be lost where weights are kept as float16."""


@dataclass(frozen=True)
class ClassifierSpec(ClassifierRecipe):
    """A classifier as it is asked for: its recipe, and the following."""

    checkpoint: str = option("", "Checkpoint whose encoder to start from")
    image_set: str = option("", "Image set to learn from; by default that of the checkpoint")
    labels: int = option(
        0, "Labelled images to learn from, of every class as many; 0 for all", low=0, high=10**9
    )
    scratch: bool = option(False, "Draw the encoder's weights anew, to compare with")
    frozen: bool = option(False, "Leave the encoder as it is and train the head alone")
    seed: int = option(
        0, "Same seed, same labelled images and same result, on a CPU", low=0, high=MAX_SEED
    )
    seconds: float = option(0.0, "Train for about so long; 0 for no limit", low=0, high=MAX_SECONDS)
    steps: int = option(
        0, "Train for so many steps; 0 for as many as the labels need", low=0, high=MAX_STEPS
    )
    hold_out: int = option(
        0, "Keep the last so many training images back to measure on", low=0, high=10**9
    )
    name: str = option("", "Name to keep it under")
    title: str = option("", "Title in the app")

    @property
    def classifier_name(self) -> str:
        """The name under which the result is kept."""
        return self.name or f"{self.checkpoint[: 64 - len('-classifier')]}-classifier"

    def recipe(self) -> dict[str, Any]:
        """The part that says how to train."""
        return {each.name: getattr(self, each.name) for each in ClassifierRecipe.declared()}

    def command(self) -> str:
        """The command line that asks for the same, whatever the recipe's defaults are by then."""
        words = ["python", "-m", "ae_core", "classify", self.checkpoint]
        for each in self.declared():
            value, flag = getattr(self, each.name), f"--{each.name.replace('_', '-')}"
            if each.name == "image_set":
                flag = "--set"
            if each.name in self.recipe() or (each.name != "checkpoint" and value != each.default):
                words += [flag] if value is True else [flag, str(value)]
        return shlex.join(words)


@dataclass(frozen=True, eq=False)
class ClassifierRun:
    """A run under way. Iterate over `training`, then call `finish`."""

    spec: ClassifierSpec
    encoder: Card
    images: ImageSet
    training: ClassifierTraining
    root: Path | None


def start(spec: ClassifierSpec, *, on: str = "auto", root: Path | None = None) -> ClassifierRun:
    """Make the classifier and the training that a spec asks for; `finish` keeps it under `root`.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    kept = checkpoints.load(spec.checkpoint)
    classifiers.check_free(spec.classifier_name, root)
    images = image_set(spec.image_set or kept.card.image_set, hold_out=spec.hold_out)
    if images.image_shape != kept.model.image_shape:
        raise UserError(
            f"The images of {images.name} are not of the size that {spec.checkpoint} takes. Choose"
            " the set that it was trained on."
        )
    classes = len(images.classes)
    labelled = balanced(
        images.train_labels, spec.labels or len(images.train), classes=classes, seed=spec.seed
    )
    model = _from_scratch(kept.card, images, spec.seed) if spec.scratch else kept.model
    training = ClassifierTraining(
        Classifier(model, classes, head_width=spec.head_width).to(device(on)),
        images.train,
        images.train_labels,
        spec,
        labelled=labelled,
        frozen=spec.frozen,
        seed=spec.seed,
        seconds=spec.seconds or None,
        steps=spec.steps or None,
    )
    return ClassifierRun(spec, kept.card, images, training, root)


def finish(run: ClassifierRun) -> ClassifierCard:
    """Measure the classifier on the images it has not seen, and keep it; stopped runs too."""
    spec, training, images = run.spec, run.training, run.images
    trained_on = training.device
    classifier = training.classifier.cpu().to(memory_format=torch.contiguous_format).eval()
    reached, half = _measured(classifier, images)
    counts = classifiers.confusion(classifier, images.test, images.test_labels)
    exact = replace(
        spec,
        steps=training.steps if spec.seconds else spec.steps,
        seconds=0.0,
        **asdict(training.arithmetic),
    )
    card = ClassifierCard(
        name=spec.classifier_name,
        title=spec.title or f"Classifier on {spec.checkpoint}",
        family=run.encoder.family,
        config=run.encoder.config,
        image_shape=images.image_shape,
        started_from=spec.checkpoint,
        labels=len(training.images),
        scratch=spec.scratch,
        frozen=spec.frozen,
        recipe=exact.recipe(),
        seed=spec.seed,
        steps=training.step,
        planned_steps=training.steps,
        seconds=round(training.seconds, 2),
        image_set=images.name,
        image_set_sha256=images.sha256,
        hold_out=spec.hold_out,
        classes=list(images.classes),
        metrics={"accuracy": round(reached, 6)},
        confusion=counts.tolist(),
        device=f"{device_name(trained_on)}, {training.arithmetic}",
        command=exact.command(),
        versions={"python": platform.python_version(), "torch": torch.__version__},
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    card = classifiers.save(card, classifier, half=half, root=run.root)
    sync.push((run.root or settings().checkpoint_roots[0]) / card.name)
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


def _measured(classifier: Classifier, images: ImageSet) -> tuple[float, bool]:
    """The accuracy, and whether the weights can be kept as float16, which they then are."""
    whole = classifiers.accuracy(classifier, images.test, images.test_labels)
    shorter = copy.deepcopy(classifier).half().float()
    reached = classifiers.accuracy(shorter, images.test, images.test_labels)
    half = abs(reached - whole) <= HALF_IS_AS_GOOD
    if half:
        classifier.load_state_dict(shorter.state_dict())
    return (reached if half else whole), half
