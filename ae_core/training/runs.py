"""From what a person asked for to a trained checkpoint: the same way for every front end.

run = start(RunSpec(preset="dense-49", image_set="mnist"))
for event in watch(run):
    ...
card = finish(run)
"""

from __future__ import annotations

import copy
import platform
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as write_tensors

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILY_OF, Autoencoder, preset
from ae_core.noise import Noise, from_card
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.training.event_files import EventFiles
from ae_core.training.loop import Event, Training
from ae_core.types import Pixels

MAX_CODE_NUMBERS = 40_000
"""Largest count of test images times code size of which codes are kept with a checkpoint."""

CURVE_POINTS = 60


@dataclass(frozen=True)
class RunSpec:
    """A training run as it is asked for. `config` and `recipe` hold what differs from the preset.

    `steps` or `seconds` replace the recipe's epochs; `keep_codes` stores the test codes;
    `start_from` names a checkpoint whose network and weights to go on from; `hold_out` keeps the
    last so many training images back and measures on them, to choose by, instead of on the test
    images; `only_classes` leaves out the images of all others.
    """

    preset: str
    image_set: str = "mnist"
    recipe_name: str = "fast"
    config: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    noise: Noise | None = None
    start_from: str = ""
    hold_out: int = 0
    only_classes: Sequence[str] = ()
    seed: int = 0
    seconds: float | None = None
    steps: int | None = None
    name: str = ""
    title: str = ""
    keep_codes: bool = False

    @property
    def checkpoint_name(self) -> str:
        """The name under which the result is kept."""
        return self.name or f"{self.image_set}-{self.preset}"

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return {**asdict(self), "noise": self.noise.to_card() if self.noise else None}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunSpec:
        """The spec that `to_dict` gave.

        Raises:
            UserError: its noise is none.
        """
        noise = values.get("noise")
        return cls(**{**values, "noise": from_card(noise) if noise else None})

    def command(self) -> str:
        """The command line that asks for the same run."""
        words = ["python", "-m", "ae_core", "train", self.preset, "--set", self.image_set]
        words += ["--recipe", self.recipe_name, "--seed", str(self.seed)]
        for name, value in {**self.config, **self.recipe}.items():
            flag = name.replace("_", "-")
            if isinstance(value, bool):
                words.append(f"--{flag}" if value else f"--no-{flag}")
            elif isinstance(value, (list, tuple)):
                words += [f"--{flag}", ",".join(map(str, value))]
            else:
                words += [f"--{flag}", str(value)]
        if self.noise:
            words += ["--noise", self.noise.text()]
        for flag in ("start_from", "hold_out", "seconds", "steps", "name", "title"):
            if value := getattr(self, flag):
                words += [f"--{flag.replace('_', '-')}", str(value)]
        if self.only_classes:
            words += ["--only-classes", ",".join(self.only_classes)]
        return shlex.join(words + (["--keep-codes"] if self.keep_codes else []))


@dataclass(frozen=True, eq=False)
class Run:
    """A run under way. Iterate over `watch`, then call `finish`.

    `notes` are sentences for the person about what went wrong beside the training.
    """

    spec: RunSpec
    config: Options
    recipe: Recipe
    noise: Noise | None
    images: ImageSet
    training: Training
    root: Path | None = None
    events: list[Event] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def device(name: str = "auto") -> torch.device:
    """The GPU where there is one, else the CPU; or the one that is named.

    Raises:
        UserError: the device named is not here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cpu" or (name == "cuda" and torch.cuda.is_available()):
        return torch.device(name)
    raise UserError(f"There is no device {name!r} here. Use auto, or cpu.")


def start(spec: RunSpec, *, on: str = "auto", root: Path | None = None) -> Run:
    """Make the model and the training that a spec asks for; `finish` keeps it under `root`.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    checkpoints.check_free(spec.checkpoint_name, root)
    asked = preset(spec.preset, spec.recipe_name)
    recipe = Recipe.from_dict({**asked.recipe.to_dict(), **spec.recipe})
    noise = spec.noise or asked.noise
    images = image_set(spec.image_set, hold_out=spec.hold_out, classes=spec.only_classes)
    if spec.start_from:
        model = _model_to_go_on_from(spec)
    else:
        model = network(FAMILY_OF[spec.preset], asked.config, spec, images)
    training = Training(
        model.to(device(on)),
        images.train,
        recipe,
        labels=images.train_labels,
        seed=spec.seed,
        noise=noise,
        seconds=spec.seconds,
        steps=spec.steps,
        fresh=not spec.start_from,
    )
    return Run(
        spec=spec,
        config=model.config,
        recipe=replace(recipe, **asdict(training.arithmetic)),
        noise=noise,
        images=images,
        training=training,
        root=root,
    )


def network(family: str, config: Options, spec: RunSpec, images: ImageSet) -> Autoencoder:
    """The network that a spec asks for, for these images.

    Raises:
        UserError: an option is not allowed.
    """
    classes = {"classes": len(images.classes)} if hasattr(config, "classes") else {}
    return checkpoints.build(
        family, {**config.to_dict(), **classes, **spec.config}, images.image_shape
    )


def watch(run: Run) -> Iterator[Event]:
    """Train, and give each event; they are kept for the curve on the card and for TensorBoard.

    Raises:
        DivergedError: the loss stopped being a number. The last good weights can be kept.
    """
    name, shown = run.spec.checkpoint_name, run.images.test
    with EventFiles(name, run.training, shown, run.notes) as files:
        for event in run.training:
            run.events.append(event)
            files.add(event)
            yield event


def image_set(name: str, *, hold_out: int = 0, classes: Sequence[str] = ()) -> ImageSet:
    """The image set of that name, its last training images in the place of the test images.

    Raises:
        UserError: there is no such set or class, or nothing of it is left to train on.
    """
    images = image_sets.load(name)
    if classes:
        images = _only(images, classes)
    if not hold_out:
        return images
    if not 0 < hold_out < len(images.train):
        raise UserError(f"Hold out 1 to {len(images.train) - 1:,} of the training images.")
    keep, held = slice(-hold_out), slice(-hold_out, None)
    return replace(
        images,
        train=images.train[keep],
        train_labels=images.train_labels[keep],
        test=images.train[held],
        test_labels=images.train_labels[held],
    )


def _only(images: ImageSet, classes: Sequence[str]) -> ImageSet:
    """The images of some classes; each class keeps its number."""
    if unknown := [name for name in classes if name not in images.classes]:
        raise UserError(f"{images.title} has no class {unknown[0][:40]!r}.")
    wanted = torch.tensor([images.classes.index(name) for name in classes])
    train, test = torch.isin(images.train_labels, wanted), torch.isin(images.test_labels, wanted)
    if not bool(train.any() and test.any()):
        raise UserError("No image of these classes is left to train or to test on.")
    return replace(
        images,
        train=images.train[train],
        train_labels=images.train_labels[train],
        test=images.test[test],
        test_labels=images.test_labels[test],
    )


def _model_to_go_on_from(spec: RunSpec) -> Autoencoder:
    found = checkpoints.load(spec.start_from)
    if found.card.family != FAMILY_OF[spec.preset]:
        raise UserError(
            f"{spec.start_from} is of the family {found.card.family}, and {spec.preset} is of"
            f" {FAMILY_OF[spec.preset]}. Train it as {found.card.preset}."
        )
    if spec.config:
        raise UserError(
            f"The network of {spec.start_from} is as it is: leave out {', '.join(spec.config)}."
        )
    return found.model.requires_grad_(True)


def set_aside(run: Run) -> None:
    """Keep the state of a run that was stopped, so that `resume` can go on to the same bits.

    Raises:
        UserError: the disk does not take it.
    """
    path = _stopped(run.spec)
    state = write_tensors(run.training.state(), metadata={"command": run.spec.command()})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(state)
        partial.replace(path)
    except OSError as failure:
        raise UserError(
            f"The stopped run could not be kept in {path.parent} ({failure.strerror}). Make room"
            " or choose another AE_HOME."
        ) from failure


def resume(run: Run) -> None:
    """Take a run that has just been started to where `set_aside` left it.

    Raises:
        UserError: none was stopped, another command asked for it, or its file is damaged.
    """
    path = _stopped(run.spec)
    if not path.is_file():
        raise UserError(f"There is no stopped run to resume in {path.parent}.")
    try:
        with safe_open(path, "pt") as file:
            command = (file.metadata() or {}).get("command")
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if command == run.spec.command():
            run.training.restore(state)
    except (SafetensorError, KeyError, RuntimeError, ValueError) as failure:
        raise UserError(
            f"The stopped run in {path} is damaged or of another version. Delete that file and"
            " train again."
        ) from failure
    if command != run.spec.command():
        raise UserError(f"Another command was stopped: {command}. Resume that one.")


def discard_stopped(spec: RunSpec) -> None:
    """Forget the state that `set_aside` kept, if any."""
    if (path := _stopped(spec)).is_file():
        path.unlink()


def _stopped(spec: RunSpec) -> Path:
    return settings().home / "stopped" / f"{spec.checkpoint_name}.safetensors"


def finish(run: Run) -> Card:
    """Evaluate the model on the test images and save it as a checkpoint; stopped runs too.

    Raises:
        UserError: the disk does not take it.
        NotSentError: it is saved, and the store does not take it now.
    """
    spec, training = run.spec, run.training
    trained_on = training.device
    model = training.model.cpu().to(memory_format=torch.contiguous_format).eval()
    metrics, half = _measured(model, run.images.test)
    codes = latent.encode(model, run.images.test)
    low, high = latent.slider_ranges(codes)
    exact = replace(
        spec,
        steps=training.steps if spec.seconds else spec.steps,
        seconds=None,
        recipe={**spec.recipe, **asdict(training.arithmetic)},
    )
    card = Card(
        name=spec.checkpoint_name,
        title=spec.title or f"{spec.preset} · {run.images.title}",
        family=FAMILY_OF[spec.preset],
        config=run.config.to_dict(),
        preset=spec.preset,
        image_shape=run.images.image_shape,
        image_set=spec.image_set,
        image_set_sha256=run.images.sha256,
        recipe_name=spec.recipe_name,
        recipe=run.recipe.to_dict(),
        noise=run.noise.to_card() if run.noise else None,
        start_from=spec.start_from,
        hold_out=spec.hold_out,
        only_classes=list(spec.only_classes),
        seed=spec.seed,
        steps=training.step,
        planned_steps=training.steps,
        epochs=-(-training.step // training.steps_per_epoch),
        seconds=round(training.seconds, 2),
        device=f"{device_name(trained_on)}, {training.arithmetic}",
        command=exact.command(),
        versions={"python": platform.python_version(), "torch": torch.__version__},
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        metrics=metrics,
        curve=curve(run.events),
        code_low=low,
        code_high=high,
    )
    card = checkpoints.save(
        card,
        model,
        codes=codes[: MAX_CODE_NUMBERS // model.latent_dim] if spec.keep_codes else None,
        labels=run.images.test_labels[: MAX_CODE_NUMBERS // model.latent_dim]
        if spec.keep_codes
        else None,
        half=half,
        root=run.root,
    )
    sync.push((run.root or settings().checkpoint_roots[0]) / card.name)
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


def _measured(model: Autoencoder, images: Pixels) -> tuple[dict[str, float], bool]:
    """The model's figures, and whether its weights can be kept as float16.

    They can when no figure moves in the fourth digit. The model then has the shorter weights, and
    the figures are theirs.
    """
    whole = evaluate(model, images)
    shorter = copy.deepcopy(model).half().float()
    figures = evaluate(shorter, images)
    half = all(abs(figures[name] - value) <= 5e-4 * abs(value) for name, value in whole.items())
    if half:
        model.load_state_dict(shorter.state_dict())
    return {k: round(v, 6) for k, v in (figures if half else whole).items()}, half


def device_name(used: torch.device) -> str:
    """The device as a card names it."""
    return torch.cuda.get_device_name(used) if used.type == "cuda" else "CPU"
