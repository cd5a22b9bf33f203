"""From what a person asked for to a trained checkpoint: the same way for every front end.

run = start(RunSpec(preset="dense-49", image_set="mnist"))
for event in run.training:
    ...
card = finish(run)
"""

from __future__ import annotations

import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as write_tensors

from ae_core import checkpoints, image_sets, latent
from ae_core.cards import Card, check_name
from ae_core.errors import UserError
from ae_core.evaluation import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILY_OF, preset
from ae_core.noise import Noise
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.training import Training


@dataclass(frozen=True)
class RunSpec:
    """A training run as it is asked for. `config` and `recipe` hold what differs from the preset.

    `steps` or `seconds` replace the recipe's epochs; `keep_codes` stores the test codes.
    """

    preset: str
    image_set: str = "mnist"
    recipe_name: str = "fast"
    config: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    noise: Noise | None = None
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
        for flag in ("seconds", "steps", "name", "title"):
            if value := getattr(self, flag):
                words += [f"--{flag}", str(value)]
        return shlex.join(words + (["--keep-codes"] if self.keep_codes else []))


@dataclass(frozen=True, eq=False)
class Run:
    """A run under way. Iterate over `training`, then call `finish`."""

    spec: RunSpec
    config: Options
    recipe: Recipe
    images: ImageSet
    training: Training


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


def start(spec: RunSpec, *, on: str = "auto") -> Run:
    """Make the model and the training that a spec asks for.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    check_name(spec.checkpoint_name)
    start_from = preset(spec.preset, spec.recipe_name)
    config = type(start_from.config).from_dict({**start_from.config.to_dict(), **spec.config})
    recipe = Recipe.from_dict({**start_from.recipe.to_dict(), **spec.recipe})
    images = image_sets.load(spec.image_set)
    model = checkpoints.build(FAMILY_OF[spec.preset], config, images.image_shape).to(device(on))
    training = Training(
        model,
        images.train,
        recipe,
        seed=spec.seed,
        noise=spec.noise,
        seconds=spec.seconds,
        steps=spec.steps,
    )
    return Run(spec=spec, config=config, recipe=recipe, images=images, training=training)


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


def finish(run: Run, *, root: Path | None = None) -> Card:
    """Evaluate the model on the test images and save it as a checkpoint; stopped runs too."""
    spec, training = run.spec, run.training
    trained_on = training.device
    model = training.model.cpu().to(memory_format=torch.contiguous_format).eval()
    codes = latent.encode(model, run.images.test)
    low, high = latent.slider_ranges(codes)
    exact = replace(spec, steps=training.steps if spec.seconds else spec.steps, seconds=None)
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
        noise=spec.noise.to_card() if spec.noise else None,
        seed=spec.seed,
        steps=training.step,
        planned_steps=training.steps,
        epochs=-(-training.step // training.steps_per_epoch),
        seconds=round(training.seconds, 2),
        device=_device_name(trained_on) + (", bfloat16" if training.bfloat16 else ", float32"),
        command=exact.command(),
        versions={"python": platform.python_version(), "torch": torch.__version__},
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        metrics={k: round(v, 6) for k, v in evaluate(model, run.images.test).items()},
        code_low=low,
        code_high=high,
    )
    return checkpoints.save(
        card,
        model,
        codes=codes if spec.keep_codes else None,
        labels=run.images.test_labels if spec.keep_codes else None,
        root=root,
    )


def _device_name(used: torch.device) -> str:
    return torch.cuda.get_device_name(used) if used.type == "cuda" else "CPU, 1 thread"
