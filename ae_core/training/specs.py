"""What a run is asked for: declared once for form, command line, job and card."""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeVar

from ae_core.noise import Noise, from_card
from ae_core.options import Options, flag_of, option, words_for
from ae_core.training.loop import MAX_SECONDS, MAX_SEED, MAX_STEPS, Training

PROGRAM = ("python", "-m", "ae_core")

# Where each method is checked by itself, in the tests, `Self` has no meaning.
Kind = TypeVar("Kind", bound="Spec")


@dataclass(frozen=True, kw_only=True)
class Spec(Options, ABC):
    """What every run is asked for, whatever it trains."""

    hold_out: int = option(
        0, "Keep the last so many training images back to measure on", low=0, high=10**9
    )
    seed: int = option(
        0,
        "First weights, order and noise follow from it: on a CPU, the same seed, the same model",
        low=0,
        high=MAX_SEED,
    )
    seconds: float | None = option(None, "Train for so long", low=0.1, high=MAX_SECONDS)
    steps: int | None = option(None, "Train for so many steps", low=1, high=MAX_STEPS)
    plan: tuple[int, ...] = option(
        (),
        "Train again as a run that took a time: its steps as counted first, then, of each"
        " correction, the step and the count from there on",
    )
    changes: tuple[str, ...] = option(
        (),
        "Change the rate, the noise or beta on the way: 120:rate=0.5,300:beta=4 for half of the"
        " rates from step 120 on, and a beta of 4 from step 300 on",
    )
    name: str = option("", "Name to keep it under")
    title: str = option("", "Title in the app")

    @property
    @abstractmethod
    def kept_name(self) -> str:
        """The name under which the result is kept."""

    @property
    @abstractmethod
    def starts_from(self) -> str:
        """The checkpoint that it starts from; empty where it needs none."""

    @abstractmethod
    def command(self) -> str:
        """The command line that asks for the same run."""

    @abstractmethod
    def exactly(self: Kind, training: Training[Any]) -> Kind:
        """The same run as it was trained: its arithmetic, its steps, and what was changed."""

    def happened(self, training: Training[Any]) -> dict[str, Any]:
        """What makes it a run with the changes of that one; by its plan, if it had a time."""
        changes, plan = training.changes.texts, training.plan.counts
        if not (self.seconds or self.plan):
            return {"changes": changes}
        is_corrected = len(plan) > 1
        return {
            "seconds": None, "steps": None if is_corrected else plan[0],
            "plan": plan if is_corrected else (), "changes": changes,
        }  # fmt: skip


@dataclass(frozen=True)
class RunSpec(Spec):
    """A training run of an autoencoder; `config` and `recipe` hold what differs from the preset.

    `steps` or `seconds` replace the recipe's epochs.
    """

    preset: str = option("", "Model to train")
    image_set: str = option("mnist", "Image set to train on", flag="--set")
    recipe_name: str = option("fast", "How to train", flag="--recipe")
    config: Mapping[str, Any] = option({}, "Options of the network")
    recipe: Mapping[str, Any] = option({}, "Options of the recipe")
    noise: Noise | None = option(
        None, "Noise to learn to remove, as KIND or KIND:option=value,option=value"
    )
    part: Literal["", "train", "first-55000", "all"] = option(
        "",
        "Images to learn from: what the recipe says, the training images, the first 55,000 of"
        " them, or the test images too",
    )
    start_from: str = option("", "Checkpoint whose training to go on with")
    only_classes: tuple[str, ...] = option((), "Train on the images of these classes alone: 3,8")
    keep_codes: bool = option(False, "Keep the codes of test images with the checkpoint")
    bounds: bool = option(
        False, "Measure the bounds on the likelihood too, with 100 draws for each test image"
    )

    @property
    def kept_name(self) -> str:
        return self.name or f"{self.image_set}-{self.preset}"

    @property
    def starts_from(self) -> str:
        return self.start_from

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "noise": self.noise.to_card() if self.noise else None}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunSpec:
        noise = values.get("noise")
        return super().from_dict({**values, "noise": from_card(noise) if noise else None})

    def exactly(self, training: Training[Any]) -> RunSpec:
        recipe = {**self.recipe, **asdict(training.arithmetic)}
        return replace(self, **self.happened(training), recipe=recipe)

    def command(self) -> str:
        words = [*PROGRAM, "train", self.preset, "--set", self.image_set]
        words += ["--recipe", self.recipe_name, "--seed", str(self.seed)]
        for name, value in {**self.config, **self.recipe}.items():
            words += words_for(flag_of(name), value)
        if self.noise:
            words += ["--noise", self.noise.text()]
        rest = ("part", "start_from", "hold_out", "seconds", "steps", "plan", "changes", "name")
        for name in (*rest, "title", "only_classes", "keep_codes", "bounds"):
            if value := getattr(self, name):
                words += words_for(flag_of(name), value)
        return shlex.join(words)
