"""From what a person asked for to a trained checkpoint: the same way for every front end.

run = start(RunSpec(preset="dense-49", image_set="mnist"))
for event in watch(run):
    ...
card = finish(run)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean

import torch

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation.bounds import bounds
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet, Part
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, preset
from ae_core.noise import Noise
from ae_core.recipes import Recipe
from ae_core.texts import _
from ae_core.training.arithmetic import device
from ae_core.training.base_run import BaseRun, measured, watch
from ae_core.training.loop import Event, Training
from ae_core.training.objectives import Reconstruction, reconstruction
from ae_core.training.on_the_way import changes
from ae_core.training.on_the_way.changes import Adjustable
from ae_core.training.specs import RunSpec

__all__ = [
    "Run", "RunSpec", "curve", "finish", "network", "objective", "recipe_of", "start", "watch",
]  # fmt: skip

MAX_CODE_NUMBERS = 40_000
"""Largest count of test images times code size of which codes are kept with a checkpoint."""

CURVE_POINTS = 60

HALF_IS_AS_GOOD = 5e-4
"""By how much of itself a figure may move where weights are kept as float16."""


@dataclass(frozen=True, eq=False)
class Run(BaseRun[RunSpec, Autoencoder]):
    """A run of an autoencoder under way; `part` is what its weights will have learned from."""

    part: Part = "train"


def start(spec: RunSpec, *, on: str = "auto", root: Path | None = None) -> Run:
    """Make the model and the training that a spec asks for; `finish` keeps it under `root`.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    checkpoints.check_free(spec.kept_name, root)
    recipe_of(spec)
    images = images_of(spec)
    part = part_of(spec)
    if spec.start_from:
        start_card, model = _model_to_go_on_from(spec)
        if start_card.has_seen_test_images and start_card.image_set_sha256 == images.sha256:
            part = "all"
    else:
        model = network(spec, images)
    training = Training(
        objective(spec, images, model.to(device(on))),
        seed=spec.seed,
        steps=spec.steps,
        plan=spec.plan,
        changes=changes.read(spec.changes),
    )
    training.prepare(fresh=not spec.start_from, seconds=spec.seconds)
    return Run(spec, images, training, root, part=part)


def images_of(spec: RunSpec, whole: ImageSet | None = None) -> ImageSet:
    """What a spec asks to learn from and to measure on, of the `whole` set where that is here.

    Raises:
        UserError: it is not to be had.
    """
    part, hold_out, classes = part_of(spec), spec.hold_out, spec.only_classes
    if whole is None:
        return image_sets.select(spec.image_set, part=part, hold_out=hold_out, classes=classes)
    return image_sets.selected(whole, part=part, hold_out=hold_out, classes=classes)


def network(spec: RunSpec, images: ImageSet) -> Autoencoder:
    """The network that a spec asks for, for these images.

    Raises:
        UserError: an option is not allowed.
    """
    config = preset(spec.preset, spec.recipe_name).config
    classes = {"classes": len(images.classes)} if hasattr(config, "classes") else {}
    return checkpoints.build(
        FAMILY_OF[spec.preset], {**config.to_dict(), **classes, **spec.config}, images.image_shape
    )


def adjustable(spec: RunSpec) -> dict[str, Adjustable]:
    """What of such a run can be changed on its way; found without its images and its network.

    Raises:
        UserError: an option is not allowed, or what it starts from is gone.
    """
    family = FAMILIES[FAMILY_OF[spec.preset]]
    if family.model.solved_at_once:
        return {}
    config = preset(spec.preset, spec.recipe_name).config.to_dict()
    if spec.start_from:
        config = checkpoints.card(spec.start_from).config
    config = family.config.from_dict({**config, **spec.config})
    return changes.adjustable(recipe_of(spec), noise_of(spec), config)


def noise_of(spec: RunSpec) -> Noise | None:
    """The noise that a spec asks to remove."""
    return spec.noise or preset(spec.preset, spec.recipe_name).noise


def objective(spec: RunSpec, images: ImageSet, model: Autoencoder) -> Reconstruction:
    """What a spec asks to minimise.

    Raises:
        UserError: the model, the images and the noise do not fit together.
    """
    return reconstruction(
        model, images.train, recipe_of(spec), labels=images.train_labels, noise=noise_of(spec)
    )


def recipe_of(spec: RunSpec) -> Recipe:
    """The recipe that a spec asks for.

    Raises:
        UserError: no such preset, or no such recipe for it; an option is not allowed.
    """
    asked = preset(spec.preset, spec.recipe_name)
    counted = {"updates": 0} if "epochs" in spec.recipe else {}
    return Recipe.from_dict({**asked.recipe.to_dict(), **counted, **spec.recipe})


def part_of(spec: RunSpec) -> Part:
    """What of the image set a spec learns from.

    Raises:
        UserError: no such preset, or no such recipe for it.
    """
    return spec.part or preset(spec.preset, spec.recipe_name).part


def _model_to_go_on_from(spec: RunSpec) -> tuple[Card, Autoencoder]:
    found = checkpoints.load(spec.start_from)
    if found.card.family != FAMILY_OF[spec.preset]:
        raise UserError(
            _(
                "{name} is of the family {family}, and {preset} is of {other}. Train it as"
                " {its_preset}.",
                name=spec.start_from, family=found.card.family, preset=spec.preset,
                other=FAMILY_OF[spec.preset], its_preset=found.card.preset,
            )
        )  # fmt: skip
    if spec.config:
        raise UserError(
            _(
                "The network of {name} is as it is: leave out {options}.",
                name=spec.start_from, options=", ".join(spec.config),
            )
        )  # fmt: skip
    return found.card, found.model.requires_grad_(True)


def finish(run: Run) -> Card:
    """Evaluate the model on the test images and save it as a checkpoint; stopped runs too.

    Raises:
        UserError: the disk does not take it.
        NotSentError: it is saved, and the store does not take it now.
    """
    spec, training, images = run.spec, run.training, run.images
    reached = training.objective
    assert isinstance(reached, Reconstruction)
    model = training.model.cpu().to(memory_format=torch.contiguous_format).eval()
    metrics, half = measured(
        model,
        lambda each: evaluate(each, images.test),
        lambda short, whole: abs(short - whole) <= HALF_IS_AS_GOOD * abs(whole),
    )
    if spec.bounds:
        found = bounds(model, images.test)
        metrics |= {name: round(value, 6) for name, value in found.items()}
    codes = latent.encode(model, images.test)
    low, high = latent.slider_ranges(codes)
    card = Card(
        **run.facts(),
        title=spec.title or f"{spec.preset} · {images.title}",
        family=FAMILY_OF[spec.preset],
        config=model.config.to_dict(),
        preset=spec.preset,
        recipe_name=spec.recipe_name,
        recipe=replace(reached.recipe, **asdict(training.arithmetic)).to_dict(),
        noise=reached.noise.to_card() if reached.noise else None,
        start_from=spec.start_from,
        part=run.part,
        only_classes=list(spec.only_classes),
        classes=list(images.classes),
        train_images=len(images.train),
        test_images=len(images.test),
        epochs=-(-training.step // training.steps_per_epoch),
        metrics=metrics,
        curve=curve(run.events),
        code_low=low,
        code_high=high,
    )
    kept = slice(MAX_CODE_NUMBERS // model.latent_dim if spec.keep_codes else 0)
    card = checkpoints.save(
        card,
        model,
        codes=codes[kept] if spec.keep_codes else None,
        labels=images.test_labels[kept] if spec.keep_codes else None,
        half=half,
        root=run.root,
    )
    run.push()
    return card


def curve(events: list[Event]) -> dict[str, list[float]]:
    """The losses over a run's steps, as means over up to 60 stretches of equal length."""
    if not events:
        return {}
    stretches: dict[int, list[Event]] = {}
    for event in events:
        stretches.setdefault(event.step * CURVE_POINTS // (events[-1].step + 1), []).append(event)
    points = stretches.values()
    names = events[0].losses
    return {"step": [float(each[-1].step) for each in points]} | {
        name: [round(fmean(event.losses[name] for event in each), 6) for each in points]
        for name in names
    }
