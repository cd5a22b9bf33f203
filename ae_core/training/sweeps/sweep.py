"""Many models from one command: code sizes, seeds, strengths of noise, betas, trained as one.

runs = start(specs(RunSpec(preset="ae-2", steps=1000), Axes(code_sizes=(1, 2, 4, 8))))
for told in train(runs):
    ...
cards = [finish(run) for run in runs]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from ae_core import checkpoints, image_sets
from ae_core.errors import UserError
from ae_core.models import preset
from ae_core.options import Options, option
from ae_core.texts import _
from ae_core.training.arithmetic import Arithmetic, device
from ae_core.training.loop import MAX_SEED, Training
from ae_core.training.runs import Run, finish, network, objective, part_of, recipe_of
from ae_core.training.specs import RunSpec
from ae_core.training.sweeps.padding import groups
from ae_core.training.sweeps.together import MOST, Together

__all__ = ["Axes", "Told", "finish", "specs", "start", "train"]


@dataclass(frozen=True)
class Axes(Options):
    """What the models of a sweep differ in: every combination is one."""

    code_sizes: tuple[int, ...] = option(
        (), "Numbers in the code: 1,2,4,8", low=1, high=256, most=MOST
    )
    seeds: tuple[int, ...] = option((), "Seeds: 0,1,2", low=0, high=MAX_SEED, most=MOST)
    noise_strengths: tuple[float, ...] = option(
        (), "Strengths of the noise: 0.1,0.3", low=0, high=10, most=MOST
    )
    betas: tuple[float, ...] = option(
        (), "Weights of the pull towards the prior: 0.5,1,4", low=0, high=100, most=MOST
    )


@dataclass(frozen=True)
class Told:
    """How a sweep stands: steps of all models together, and seconds that are left.

    `places` are those of the runs that are trained as one just now, and `is_last` says whether they
    are trained by now; `give_back` gives their models the weights that they have reached.
    """

    step: int
    steps: int
    seconds_left: float
    places: Sequence[int]
    is_last: bool
    give_back: Callable[[], None]


def specs(asked: RunSpec, axes: Axes) -> list[RunSpec]:
    """What is asked of each model, under a name of its own.

    Raises:
        UserError: there are too many, or none; or there is no noise whose strength could change.
    """
    given = {name: tuple(dict.fromkeys(values)) for name, values in vars(axes).items() if values}
    found = [
        _with(asked, dict(zip(given, values, strict=True))) for values in product(*given.values())
    ]
    if not 2 <= len(found) <= MOST:
        raise UserError(
            _(
                "A sweep trains 2 to {most} models, and these are {count}. Say which with"
                " --code-sizes, --seeds, --noise-strengths or --betas.",
                most=MOST, count=len(found),
            )
        )  # fmt: skip
    return found


def _with(asked: RunSpec, values: dict[str, int | float]) -> RunSpec:
    spec, words = asked, []
    for axis, value in values.items():
        words.append(f"{WORDS[axis]}-{value:g}")
        if axis == "code_sizes":
            spec = replace(spec, config={**spec.config, "latent_dim": value})
        elif axis == "betas":
            spec = replace(spec, config={**spec.config, "beta": value})
        elif axis == "seeds":
            spec = replace(spec, seed=int(value))
        else:
            noise = spec.noise or preset(spec.preset, spec.recipe_name).noise
            if noise is None:
                raise UserError(_("There is no noise to change. Say which one with --noise."))
            spec = replace(spec, noise=noise.at(value))
    name = "-".join([asked.kept_name, *words]).replace(".", "-")
    title = " · ".join([asked.title or asked.preset, *(word.replace("-", " ") for word in words)])
    return replace(spec, name=name, title=title)


WORDS = {"code_sizes": "code", "seeds": "seed", "noise_strengths": "noise", "betas": "beta"}
"""What an axis is called in a name."""


def start(asked: Sequence[RunSpec], *, on: str = "auto", root: Path | None = None) -> list[Run]:
    """The runs of a sweep, at their start and in the same arithmetic.

    Raises:
        UserError: something is not to be had, or not allowed.
    """
    first = asked[0]
    for spec in asked:
        checkpoints.check_free(spec.kept_name, root)
        recipe_of(spec)
    if first.seconds or first.start_from:
        raise UserError(
            _("A sweep starts from new weights and takes --steps or --epochs, not --seconds.")
        )
    images = image_sets.select(
        first.image_set, part=part_of(first), hold_out=first.hold_out, classes=first.only_classes
    )
    arithmetic: Arithmetic | None = None
    runs: list[Run] = []
    for spec in asked:
        learned = objective(spec, images, network(spec, images).to(device(on)))
        if runs:
            learned.images = runs[0].training.objective.images  # once for all, on a GPU
        training = Training(learned, seed=spec.seed, steps=spec.steps)
        training.prepare(arithmetic=arithmetic)
        arithmetic = training.arithmetic
        runs.append(Run(spec, images, training, root, part=part_of(spec)))
    return runs


def train(runs: Sequence[Run]) -> Iterator[Told]:
    """Train all of them, as one where their family allows it, else those of one code size.

    Raises:
        UserError: they cannot be trained as one.
    """
    steps = sum(run.training.steps for run in runs)
    done = 0
    for places in groups([run.training for run in runs]):
        group = [runs[place] for place in places]
        together = Together([run.training for run in group])
        for events in together:
            for run, event in zip(group, events, strict=True):
                run.events.append(event)
            now = done + together.step * len(group)
            left = events[0].seconds_left + (steps - done - len(group) * together.steps) * (
                together.seconds / (together.step * len(group))
            )
            is_last = together.step == together.steps
            yield Told(now, steps, left, places, is_last, together.give_back)
        done += len(group) * together.steps
