"""A run under way, whatever it trains: watched, measured, and what its card says of it."""

from __future__ import annotations

import copy
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch

from ae_core.image_sets import ImageSet
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.training.arithmetic import device_name
from ae_core.training.event_files import EventFiles
from ae_core.training.loop import Event, Training
from ae_core.training.objectives import Model
from ae_core.training.specs import Spec

Asked = TypeVar("Asked", bound=Spec)


@dataclass(frozen=True, eq=False)
class BaseRun(Generic[Asked, Model]):
    """A run under way. Iterate over `watch`, then call `finish` of its module.

    `notes` are sentences for the person about what went wrong beside the training. `device` is
    where it was trained, if not here.
    """

    spec: Asked
    images: ImageSet
    training: Training[Model]
    root: Path | None = None
    events: list[Event] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    device: str = ""

    def facts(self) -> dict[str, Any]:
        """What every card says of how it was made."""
        spec, training = self.spec, self.training
        device = f"{device_name(training.device)}, {training.arithmetic}"
        if training.eager_because:
            device += f", no CUDA graph: {training.eager_because}"
        return {
            "name": spec.kept_name,
            "image_shape": self.images.image_shape,
            "image_set": self.images.name,
            "image_set_sha256": self.images.sha256,
            "hold_out": spec.hold_out,
            "seed": spec.seed,
            "steps": training.step,
            "planned_steps": training.steps,
            "seconds": round(training.seconds, 2),
            "device": self.device or device,
            "plan": list(training.plan.counts) if len(training.plan.counts) > 1 else [],
            "changes": list(training.changes.texts),
            "command": spec.exactly(training).command(),
            "versions": {"python": platform.python_version(), "torch": torch.__version__},
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }

    def push(self) -> None:
        """Send what was kept to the object store, where there is one.

        Raises:
            NotSentError: the store does not take it now.
        """
        sync.push((self.root or settings().checkpoint_roots[0]) / self.spec.kept_name)


def watch(run: BaseRun[Any, Any]) -> Iterator[Event]:
    """Train, and give each event; they are kept for the curve on the card and for TensorBoard.

    Raises:
        DivergedError: the loss became NaN or infinite. The last good weights can be kept.
    """
    with EventFiles(run.spec.kept_name, run.training, run.images.test, run.notes) as files:
        for event in run.training:
            run.events.append(event)
            files.add(event)
            yield event


def measured(
    model: Model,
    measure: Callable[[Model], Mapping[str, float]],
    is_as_good: Callable[[float, float], bool],
) -> tuple[dict[str, float], bool]:
    """The model's figures, and whether its weights can be kept as float16.

    They can when each figure of the shorter weights `is_as_good` as that of the whole ones. The
    model then has the shorter weights, and the figures are theirs.
    """
    whole = measure(model)
    shorter = copy.deepcopy(model).half().float()
    figures = measure(shorter)
    half = all(is_as_good(figures[name], value) for name, value in whole.items())
    if half:
        model.load_state_dict(shorter.state_dict())
    return {name: round(value, 6) for name, value in (figures if half else whole).items()}, half
