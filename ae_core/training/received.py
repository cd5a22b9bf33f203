"""What a browser has learned, checked as untrusted: a safetensors file of weights.

Its metadata hold, as JSON, what was asked for under "spec", and under "run" the steps that were
taken, the seconds they took, and the losses on the way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor

from ae_core import checkpoints
from ae_core.checkpoints.cards import IN_BROWSER
from ae_core.checkpoints.networks import check_weights
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder
from ae_core.settings import MAX_HEADER_BYTES
from ae_core.texts import _
from ae_core.training import in_browser, runs
from ae_core.training.loop import MAX_SECONDS, MAX_STEPS, Event, Training
from ae_core.training.on_the_way import changes
from ae_core.training.on_the_way.changes import RATE, Changes
from ae_core.training.runs import CURVE_POINTS, Run
from ae_core.training.specs import RunSpec

MOST_BYTES = 4 * in_browser.MOST_WEIGHTS + MAX_HEADER_BYTES
LARGEST_LOSS = 1e9
LOSSES = {"bce", "mse", "kl", "l1"}


class Point(NamedTuple):
    """A moment of a run; `tested` are losses over test images, where they were measured then."""

    step: int
    seconds: float
    losses: dict[str, float]
    tested: dict[str, float]


@dataclass(frozen=True, eq=False)
class Received:
    """Weights of the network that was asked for, and what the browser says of the run."""

    weights: dict[str, Tensor]
    steps: int
    seconds: float
    curve: list[Point]

    def events(self) -> list[dict[str, Any]]:
        """The course of the run, as jobs report theirs."""
        return [
            {"step": each.step, "seconds": each.seconds, "train": each.losses, "test": each.tested}
            for each in self.curve
        ]


class Learned(Training[Autoencoder]):
    """A run that is over, and reports its end alone."""

    last: Event

    def __iter__(self) -> Iterator[Event]:
        yield self.last


def spec_in(data: bytes) -> RunSpec:
    """What was asked for of the run whose result a browser sends, under no name of its own.

    Raises:
        UserError: it is no such file, or nobody may ask for that.
    """
    return spec_from(_said(data, "spec"))


def spec_from(values: Any) -> RunSpec:
    """What a browser says that was asked for.

    Raises:
        UserError: nobody may ask for that.
    """
    try:
        return RunSpec.from_dict({**values, "name": "", "plan": (), "bounds": False})
    except (AttributeError, KeyError, TypeError, ValueError):
        _refuse()


def read(data: bytes, spec: RunSpec, images: ImageSet) -> Received:
    """What a browser sends as the result of a run.

    Raises:
        UserError: it is no such file, or not one of the network that the spec asks for; or a
            browser cannot have made it.
    """
    if reason := in_browser.why_not(spec, images):
        raise UserError(reason)
    Changes(runs.adjustable(spec), changes.read(spec.changes))
    said = _said(data, "run")
    try:
        weights = read_tensors(data)
        steps, seconds = _whole(said["steps"]), _number(said["seconds"])
        points = [_point(*each) for each in said["curve"]]
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError):
        _refuse()
    if (
        not 1 <= steps <= MAX_STEPS
        or not 0 <= seconds <= MAX_SECONDS
        or not 1 <= len(points) <= CURVE_POINTS
        or any(
            after.step <= before.step or after.seconds < before.seconds
            for before, after in pairwise(points)
        )
        or points[0].seconds < 0
        or points[-1].step > steps
        or points[-1].seconds > seconds
        or any(
            losses.keys() != points[0].losses.keys()
            for each in points
            for losses in (each.losses, each.tested or each.losses)
        )
    ):
        _refuse()
    check_weights(spec.title or spec.preset, weights, in_browser.outline(spec, images))
    return Received(weights, steps, seconds, points)


def run_of(spec: RunSpec, data: bytes, root: Path | None = None) -> Run:
    """The run that a browser has sent, over, to be measured and kept by `runs.finish`.

    Raises:
        UserError: something in the spec is not to be had, or the file does not fit it.
    """
    checkpoints.check_free(spec.kept_name, root)
    images = runs.images_of(spec)
    found = read(data, spec, images)
    model = runs.network(spec, images)
    model.load_state_dict(found.weights)
    training = Learned(
        runs.objective(spec, images, model), seed=spec.seed, steps=found.steps,
        changes=changes.read(spec.changes),
    )  # fmt: skip
    training.step, training.seconds = found.steps, found.seconds
    for what, value in training.changes.at(found.steps).items():
        if what != RATE:
            training.objective.adjust(what, value)
    run = Run(spec, images, training, root, part=runs.part_of(spec), device=IN_BROWSER)
    events = [_event(training, each) for each in found.curve]
    training.last = _event(
        training, found.curve[-1]._replace(step=found.steps, seconds=found.seconds)
    )
    run.events.extend(events[:-1])
    return run


def _said(data: bytes, what: str) -> Any:
    """What the metadata of a file have under a name.

    Raises:
        UserError: it is no such file, or has nothing there.
    """
    if not 8 <= len(data) <= MOST_BYTES:
        _refuse()
    header = int.from_bytes(data[:8], "little")
    if header > min(MAX_HEADER_BYTES, len(data) - 8):
        _refuse()
    try:
        return json.loads(json.loads(data[8 : 8 + header])["__metadata__"][what])
    except (ValueError, KeyError, TypeError, RecursionError):
        _refuse()


def _event(training: Learned, point: Point) -> Event:
    an_epoch, seconds, step = training.steps_per_epoch, training.seconds, point.step
    size = min(training.objective.recipe.batch_size, len(training.objective.images))
    return Event(
        epoch=(step - 1) // an_epoch + 1, epochs=(training.steps - 1) // an_epoch + 1, step=step,
        steps=training.steps, losses=point.losses,
        images_per_second=training.steps * size / seconds if seconds else 0.0,
        seconds=point.seconds, seconds_left=0.0, skipped_steps=0,
        epoch_ended=step == training.steps,
    )  # fmt: skip


def _point(step: Any, seconds: Any, losses: Any, tested: Any) -> Point:
    return Point(_whole(step), _number(seconds), _losses(losses), _losses(tested) if tested else {})


def _losses(values: Any) -> dict[str, float]:
    if not isinstance(values, dict) or not values or not values.keys() <= LOSSES:
        raise ValueError(values)
    return {name: _number(value) for name, value in values.items()}


def _number(value: Any) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not abs(value) <= LARGEST_LOSS
    ):
        raise ValueError(value)
    return float(value)


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(value)
    return value


def _refuse() -> NoReturn:
    raise UserError(
        _("What the browser has sent is no result of a run. Train again, here or on the server.")
    )
