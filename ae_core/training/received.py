"""What a browser has learned, checked as untrusted: a safetensors file of weights.

Its metadata hold, as JSON under "run", the steps that were taken, the seconds they took, and the
losses on the way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor

from ae_core import checkpoints, image_sets
from ae_core.checkpoints.networks import check_weights
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder
from ae_core.settings import MAX_HEADER_BYTES
from ae_core.texts import _
from ae_core.training import in_browser, runs
from ae_core.training.loop import MAX_SECONDS, MAX_STEPS, Event, Training
from ae_core.training.runs import CURVE_POINTS, Run
from ae_core.training.specs import RunSpec

MOST_BYTES = 4 * in_browser.MOST_WEIGHTS + MAX_HEADER_BYTES
LARGEST_LOSS = 1e9
LOSSES = {"bce", "mse", "kl", "l1"}

IN_BROWSER = "a browser, float32"
"""What a card names as the device."""


@dataclass(frozen=True, eq=False)
class Received:
    """Weights of the network that was asked for, and what the browser says of the run."""

    weights: dict[str, Tensor]
    steps: int
    seconds: float
    curve: list[tuple[int, dict[str, float]]]


class Learned(Training[Autoencoder]):
    """A run that is over, and reports its end alone."""

    last: Event

    def __iter__(self) -> Iterator[Event]:
        yield self.last


def read(data: bytes, spec: RunSpec, images: ImageSet) -> Received:
    """What a browser sends as the result of a run.

    Raises:
        UserError: it is no such file, or not one of the network that the spec asks for.
    """
    if not 8 <= len(data) <= MOST_BYTES:
        _refuse()
    header = int.from_bytes(data[:8], "little")
    if header > min(MAX_HEADER_BYTES, len(data) - 8):
        _refuse()
    try:
        weights = read_tensors(data)
        said = json.loads(json.loads(data[8 : 8 + header])["__metadata__"]["run"])
        steps, seconds = _whole(said["steps"]), _number(said["seconds"])
        points = [(_whole(step), _losses(losses)) for step, losses in said["curve"]]
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError):
        _refuse()
    if (
        not 1 <= steps <= MAX_STEPS
        or not 0 <= seconds <= MAX_SECONDS
        or not 1 <= len(points) <= CURVE_POINTS
        or any(after <= before for (before, __), (after, __) in pairwise(points))
        or points[-1][0] > steps
        or any(losses.keys() != points[0][1].keys() for __, losses in points)
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
    part = runs.part_of(spec)
    images = image_sets.select(
        spec.image_set, part=part, hold_out=spec.hold_out, classes=spec.only_classes
    )
    found = read(data, spec, images)
    model = runs.network(spec, images)
    model.load_state_dict(found.weights)
    training = Learned(runs.objective(spec, images, model), seed=spec.seed, steps=found.steps)
    training.step, training.seconds = found.steps, found.seconds
    run = Run(spec, images, training, root, part=part, device=IN_BROWSER)
    events = [_event(training, step, losses) for step, losses in found.curve]
    training.last = _event(training, found.steps, found.curve[-1][1])
    run.events.extend(events[:-1])
    return run


def _event(training: Learned, step: int, losses: dict[str, float]) -> Event:
    an_epoch, seconds = training.steps_per_epoch, training.seconds
    size = min(training.objective.recipe.batch_size, len(training.objective.images))
    return Event(
        epoch=(step - 1) // an_epoch + 1, epochs=(training.steps - 1) // an_epoch + 1, step=step,
        steps=training.steps, losses=losses,
        images_per_second=training.steps * size / seconds if seconds else 0.0,
        seconds=seconds * step / training.steps, seconds_left=0.0, skipped_steps=0,
        epoch_ended=step == training.steps,
    )  # fmt: skip


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
