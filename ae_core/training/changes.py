"""What is changed in the middle of a run, and at which steps, so that it can be repeated.

    --changes 120:rate=0.5,300:beta=4.0

From step 120 on the rates are half of what the recipe says, from step 300 on beta is 4.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from ae_core.errors import UserError
from ae_core.noise import Noise
from ae_core.options import Options
from ae_core.recipes import Recipe
from ae_core.texts import _, shortened

RATE, NOISE, BETA = WHAT = ("rate", "noise", "beta")
"""What can be changed: the rates, as a share of the recipe's; the strength of the noise to remove;
and the weight of the pull to the prior."""


class Change(NamedTuple):
    """From this step on, `what` has that value."""

    step: int
    what: str
    value: float

    @property
    def text(self) -> str:
        """The same as `read` takes it."""
        return f"{self.step}:{self.what}={self.value!r}"


@dataclass(frozen=True)
class Adjustable:
    """The bounds of something that can be changed, and its value when the run begins."""

    low: float
    high: float
    value: float

    def check(self, what: str, value: float) -> None:
        """Refuse a value outside of the bounds.

        Raises:
            UserError: it is, or it is no number.
        """
        if not self.low <= value <= self.high:
            bounds = {"low": f"{self.low:.4g}", "high": f"{self.high:.4g}"}
            raise UserError(
                _(
                    "The rate can be {low} to {high} times that of the recipe, and not {value:g}"
                    " times.",
                    value=value, **bounds,
                )
                if what == RATE
                else _("{option} is {value}; it can be {low} to {high}.",
                       option=what, value=value, **bounds)
            )  # fmt: skip


def adjustable(
    recipe: object, noise: Noise | None = None, config: Options | None = None
) -> dict[str, Adjustable]:
    """What can be changed of a run with this recipe, noise and network."""
    found = {}
    names = ["learning_rate"]
    if isinstance(recipe, Recipe) and recipe.optimizer == "muon":
        names.append("muon_learning_rate")
    if isinstance(recipe, Options):
        rates = [(recipe.declaration(name), getattr(recipe, name)) for name in names]
        low = max((option.low or 0.0) / rate for option, rate in rates)
        high = min((option.high or 1.0) / rate for option, rate in rates)
        found[RATE] = Adjustable(low, high, 1.0)
    if noise is not None and noise.strength:
        found[NOISE] = _bounded(noise, noise.strength)
    if config is not None and hasattr(config, "beta"):
        found[BETA] = _bounded(config, "beta")
    return found


def _bounded(options: Options, name: str) -> Adjustable:
    declared, value = options.declaration(name), getattr(options, name)
    low = -math.inf if declared.low is None else declared.low
    high = math.inf if declared.high is None else declared.high
    return Adjustable(float(low), float(high), float(value))


def read(texts: Iterable[str]) -> list[Change]:
    """Changes as `Change.text` writes them.

    Raises:
        UserError: one is no change.
    """
    found = []
    for text in texts:
        step, __, rest = text.partition(":")
        what, __, value = rest.partition("=")
        try:
            change = Change(int(step), what, float(value))
        except ValueError:
            change = Change(-1, what, 0.0)
        if change.step < 0 or what not in WHAT:
            raise UserError(
                _(
                    "{text} is no change of a run. Write its step, what is changed (rate, noise or"
                    " beta) and the new value, as in 120:rate=0.5.",
                    text=shortened(text),
                )
            )
        found.append(change)
    return found


class Changes:
    """The changes of a run, also those to come, by their steps; and the bounds of each.

    What is changed at all has a value at step 0 too, so that whoever knows what it ended with knows
    what it began with.

    Raises:
        UserError: one is not possible.
    """

    def __init__(self, possible: Mapping[str, Adjustable], made: Iterable[Change] = ()) -> None:
        self.possible = possible
        self.made: list[Change] = []
        for change in made:
            self.add(change)

    def add(self, change: Change) -> None:
        """Take up one more; it replaces one of the same at that step.

        Raises:
            UserError: it is not possible.
        """
        if (bounds := self.possible.get(change.what)) is None:
            raise UserError(
                _("This run has no {what} that could be changed in its middle.", what=change.what)
            )
        bounds.check(change.what, change.value)
        others = [each for each in self.made if each[:2] != change[:2]]
        if change.step and not any(each.what == change.what for each in others):
            others.append(Change(0, change.what, bounds.value))
        self.made = sorted([*others, change])

    def at(self, step: int) -> dict[str, float]:
        """What everything that can be changed is at a step."""
        began = {what: each.value for what, each in self.possible.items()}
        return began | {each.what: each.value for each in self.made if each.step <= step}

    def has(self, step: int) -> bool:
        """Whether anything changes at this very step."""
        return any(each.step == step for each in self.made)

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them, as `read` takes them."""
        return tuple(each.text for each in self.made)

    def to_tensor(self) -> Tensor:
        """All of them as numbers, (changes, 3) float64, for a state."""
        rows = [(each.step, WHAT.index(each.what), each.value) for each in self.made]
        return torch.tensor(rows, dtype=torch.float64).view(-1, 3)

    def take(self, kept: Tensor) -> None:
        """Take those that `to_tensor` gave in place of these."""
        self.made = [
            Change(int(step), WHAT[int(what)], value) for step, what, value in kept.tolist()
        ]
