"""Training as a generator of events: the caller watches, and decides when to stop.

    training = Training(reconstruction(model, images, recipe), seed=0).prepare()
    for event in training:
        print(event.epoch, event.losses)

Events come ten times a second and at the end of each epoch, so leaving the loop stops the run
within 0.1 s. On a GPU the run is by then some steps further than the event, whose losses come while
it goes on. `training.state()` then holds everything that `training.restore()` needs to go on to the
same bits. The whole image set lies in memory as bytes, and a batch is one indexing step: no loader.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Generic

import torch
from torch import Tensor

from ae_core.errors import UserError
from ae_core.models.base import Batch
from ae_core.texts import Text, _
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.changes import RATE, Change, Changes
from ae_core.training.devices.readings import Reading
from ae_core.training.devices.steps import USUAL_STEPS, DeviceSteps, FreeStep
from ae_core.training.objectives import Model, Objective
from ae_core.training.optimisers import Optimiser
from ae_core.training.plans import Plan
from ae_core.training.probing import fastest
from ae_core.training.timing import Deadline, Pace, typical

EVENT_SECONDS = 0.1
"""Time between two events, and so the longest time to stop."""

SHOWN_IMAGES = 64
"""Images of the batch on which the loss of an event is computed."""

GOOD_SECONDS = 1.0
"""Time between two copies of the weights, to go back to when the loss becomes NaN."""

CALIBRATION_STEPS = 60
CALIBRATION_SECONDS = 0.3
"""Most that is timed before a run with a time limit, to turn seconds into a number of steps."""

SKIPPED = "skipped steps"
"""What their number is called among the losses that are read."""

Number = int | float

MAX_SEED = 2**32 - 1
MAX_SECONDS = 7 * 24 * 3600
MAX_STEPS = 10**9


@dataclass(frozen=True)
class Event:
    """How a run stands. Losses are of the present batch, each by its name."""

    epoch: int
    epochs: int
    step: int
    steps: int
    losses: dict[str, float]
    images_per_second: float
    seconds: float
    seconds_left: float
    skipped_steps: int
    epoch_ended: bool


@dataclass(frozen=True)
class _Asked:
    """A moment of a run whose losses were asked for; its state, where that is to be kept."""

    step: int
    ended: bool
    losses: Reading
    state: dict[str, Tensor] | None


class DivergedError(UserError):
    """The loss became NaN or infinite; the model has the weights of `step`, the last good ones."""

    def __init__(self, sentence: Text, step: int) -> None:
        super().__init__(sentence)
        self.step = step


class Training(Generic[Model]):
    """One run: an objective, its optimiser and its place in the data.

    As it is made it goes on from the weights that the model has, in plain float32 on one thread;
    `prepare` makes it a run of its own.

    Args:
        objective: its model is trained in place.
        seed: weights, order of images and noise all follow from it. On a CPU the same seed and
            arithmetic give the same bits.
        steps: train for exactly this many steps; by default for as many as the objective takes.
        plan: the same, and how it was corrected, to repeat such a run.
        changes: what is to change at which step, to repeat a run that was changed on its way.

    Whoever watches can have each step be an event (`each_step`), and adds what they let the run
    wait to `waited`, which then is no time of training.

    Raises:
        UserError: a number or a change is out of bounds.
    """

    optimiser: Optimiser
    _device_steps: DeviceSteps | None
    _usual_steps: int

    def __init__(
        self,
        objective: Objective[Model],
        *,
        seed: int = 0,
        steps: int | None = None,
        plan: Sequence[int] = (),
        changes: Sequence[Change] = (),
    ) -> None:
        _check("seed", seed, 0, MAX_SEED)
        _check("steps", steps, 1, MAX_STEPS)
        self.objective, self.seed = objective, seed
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.steps_per_epoch = objective.steps_per_epoch
        self.step = 0
        self.plan = Plan(plan or (1 if objective.solved else steps or objective.usual_steps,))
        self.changes = Changes(objective.adjustable(), changes)
        self.seconds = self.waited = 0.0
        self.each_step = False
        self.deadline: Deadline | None = None
        self.arithmetic = Arithmetic()
        self._order = (-1, torch.empty(0, dtype=torch.int64))
        self.free = self.device.type == "cuda" and not objective.solved
        self._renew_optimiser()

    @property
    def model(self) -> Model:
        return self.objective.model

    @property
    def device(self) -> torch.device:
        return self.objective.device

    @property
    def steps(self) -> int:
        """How many there are to be in all, as it stands now."""
        return self.plan.steps

    @property
    def skipped_steps(self) -> int:
        return int(self.optimiser.skipped)

    @property
    def eager_because(self) -> str:
        """Why a GPU does not replay its steps from a graph; empty where it does."""
        return self._device_steps.eager_because if self._device_steps else ""

    def prepare(
        self,
        *,
        fresh: bool = True,
        seconds: float | None = None,
        arithmetic: Arithmetic | None = None,
    ) -> Training[Model]:
        """Draw the first weights, choose the arithmetic, and count the steps.

        Args:
            fresh: False to go on from the weights that the model has.
            seconds: train for this long. The steps are counted by timing a few now, and corrected
                while it trains; `plan` records how.
            arithmetic: what to compute in; by default what a short probe finds fastest.

        Returns:
            The training itself.

        Raises:
            UserError: `seconds` is out of bounds.
        """
        _check("seconds", seconds, 0.1, MAX_SECONDS)
        if fresh:
            self.objective.draw_weights(self.generator)
        if self.objective.solved:
            return self
        self.arithmetic = arithmetic or fastest(self.objective)
        self.arithmetic.lay_out(self.model)
        if seconds is not None:
            times = self.trial(CALIBRATION_STEPS, min(seconds / 5, CALIBRATION_SECONDS))
            # What torch loads for its first optimiser, two seconds in a new process, is left out.
            self.deadline = Deadline(seconds - sum(times))
            self.plan = Plan((max(1, int(self.deadline.seconds / typical(times))),))
            self._renew_optimiser()
        return self

    def __iter__(self) -> Iterator[Event]:
        """Train from where the run stands to its end.

        Raises:
            DivergedError: the loss became NaN or infinite.
        """
        began = spoke = saved = time.perf_counter()
        self.waited = 0.0
        good = self.state()
        asked: _Asked | None = None
        before, done_before = self.seconds, self.step
        pace = Pace(began, self.step)
        size = min(self.objective.recipe.batch_size, len(self.objective.images))
        while self.step < self.steps:
            with self.arithmetic.in_force():
                self.model.train()
                while True:
                    batch = self.advance()
                    now = time.perf_counter()
                    last = self.step == self.steps
                    ended = last or self.step % self.steps_per_epoch == 0
                    tell = last or self.each_step or (ended and self.objective.report_epochs)
                    if (last or not asked) and (tell or now - spoke >= EVENT_SECONDS):
                        state = self.state() if now - saved >= GOOD_SECONDS else None
                        asked = _Asked(self.step, ended, self._losses(batch), state)
                        self.model.train()
                    if asked and (last or self.each_step or asked.losses.is_there):
                        break
                self.model.eval()
                losses = asked.losses.values()
                skipped = int(losses.pop(SKIPPED))
                if not all(math.isfinite(value) for value in losses.values()):
                    raise self._diverged(losses, good)
                if asked.state is not None:
                    good, saved = asked.state, now
            spoke = time.perf_counter()
            now = spoke - self.waited
            self.seconds = before + now - began
            rate = (self.step - done_before) / (now - began)
            lately = pace.at(now, self.step)
            if self.deadline:
                self.deadline.keep(self.plan, self.step, self.seconds, lately)
            told, asked = asked, None
            yield Event(
                epoch=(told.step - 1) // self.steps_per_epoch + 1,
                epochs=math.ceil(self.steps / self.steps_per_epoch),
                step=told.step,
                steps=self.steps,
                losses=losses,
                images_per_second=rate * size,
                seconds=self.seconds,
                seconds_left=(self.steps - self.step) / lately,
                skipped_steps=skipped,
                epoch_ended=told.ended,
            )
        self.model.eval()

    def advance(self) -> Batch:
        """Train one step; the batch that it learned from."""
        if self.changes.has(self.step):
            self._follow_changes()
        epoch, number = divmod(self.step, self.steps_per_epoch)
        size = self.objective.recipe.batch_size
        chosen = self.permutation(epoch)[number * size : (number + 1) * size]
        if (steps := self._steps_on_device()) is not None:
            batch = steps.learn(chosen)
            self.optimiser.advance()
            (self.generator,) = steps.step.generators
        else:
            batch = self.objective.batch(chosen, self.arithmetic, self.generator)
            skipped = self.optimiser.skipped
            self.objective.learn(batch, self.optimiser, self.arithmetic)
            self._usual_steps += bool(self.optimiser.skipped == skipped)
        self.step += 1
        return batch

    def change(self, what: str, value: float) -> None:
        """Have the rate, the noise or beta be this from the next step on; see `training.changes`.

        Raises:
            UserError: this run has none of it, or the value is out of bounds.
        """
        self.changes.add(Change(self.step, what, float(value)))

    def _follow_changes(self) -> None:
        """Have everything be what it is to be at this step."""
        present = {what: each.value for what, each in self.objective.adjustable().items()}
        for what, value in self.changes.at(self.step).items():
            if what == RATE:
                self.optimiser.scale(value)
            elif value != present[what]:
                self.objective.adjust(what, value)
                self._device_steps = None  # a graph holds what it was

    def settle(self) -> None:
        """Train until steps are as those to come: on a GPU, replayed from a graph."""
        while self.step < self.steps and self.free:
            self.advance()
            if self._device_steps and self._device_steps.is_settled:
                break

    def _steps_on_device(self) -> DeviceSteps | None:
        """The steps that read nothing back, for a `free` run after a few usual ones."""
        if not self.free or self._usual_steps < USUAL_STEPS:
            return None
        if self._device_steps is None:
            self._device_steps = DeviceSteps(
                FreeStep(self.objective, self.optimiser, self.arithmetic, self.generator)
            )
        return self._device_steps

    def _renew_optimiser(self) -> None:
        self.optimiser = self.objective.optimiser(self.plan.first)
        self.optimiser.place = self.plan.place
        self._device_steps, self._usual_steps = None, 0
        self._follow_changes()

    def trial(self, steps: int, seconds: float) -> list[float]:
        """Seconds of each of some steps on a copy of the model, which leave no trace in the run.

        As many as fit into `seconds` and the one that does not.
        """
        copied = self.objective.on(copy.deepcopy(self.model).train())
        trial = Training(copied, seed=self.seed, steps=steps)
        trial.arithmetic, trial.free = self.arithmetic, self.free
        with self.arithmetic.in_force():
            trial.settle()
            trial.plan = Plan((steps + trial.step,))
            times = [time.perf_counter()]
            while trial.step < trial.steps and times[-1] - times[0] <= seconds:
                trial.advance()
                if self.device.type == "cuda":
                    torch.cuda.synchronize(self.device)
                times.append(time.perf_counter())
        return [after - before for before, after in pairwise(times)]

    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, as flat names and tensors of their own."""
        counters = {
            "step": self.step,
            "skipped_steps": self.optimiser.skipped,
            "seconds": self.seconds,
            "gradient_norm": self.optimiser.clipping.usual_norm,
            "bfloat16": self.arithmetic.precision == "bfloat16",
            "channels_last": self.arithmetic.memory_format == "channels_last",
            "threads": self.arithmetic.threads,
        }
        return {
            **{
                f"model.{name}": value.clone(memory_format=torch.contiguous_format)
                for name, value in self.model.state_dict().items()
            },
            **{f"optimiser.{name}": value for name, value in self.optimiser.state().items()},
            **{
                f"run.{name}": torch.as_tensor(value, dtype=torch.float64)
                for name, value in counters.items()
            },
            "run.plan": torch.tensor(self.plan.counts),
            "run.changes": self.changes.to_tensor(),
            "generator": self.generator.get_state(),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take the run to where `state` was taken, of the same images, recipe and seed."""

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}

        self.model.load_state_dict(part("model."))
        counters = {k: v.item() for k, v in part("run.").items() if v.ndim == 0}
        self.step = int(counters["step"])
        # Before there were plans, a state had its number of steps.
        kept = state.get("run.plan")
        self.plan = Plan(kept.tolist() if kept is not None else (int(counters["steps"]),))
        if (made := state.get("run.changes")) is not None:
            self.changes.take(made)
        self.seconds = counters["seconds"]
        self.arithmetic = Arithmetic(
            "bfloat16" if counters["bfloat16"] else "float32",
            "channels_last" if counters["channels_last"] else "contiguous",
            int(counters["threads"]),
        )
        self.arithmetic.lay_out(self.model)
        self._renew_optimiser()
        self.optimiser.restore(part("optimiser."), self.step)
        self.optimiser.skipped = int(counters["skipped_steps"])
        self.optimiser.clipping.usual_norm = counters["gradient_norm"]
        generator = state["generator"].cpu()
        if generator.shape == self.generator.get_state().shape:
            self.generator.set_state(generator)
        else:  # of a run on another kind of device, whose draws cannot be repeated here
            self.generator.manual_seed((self.seed << 20) + self.step)

    def permutation(self, epoch: int) -> Tensor:
        """The order of an epoch: it follows from seed and epoch alone, so a run can resume."""
        if self._order[0] != epoch:
            generator = torch.Generator().manual_seed((self.seed << 20) + epoch)
            order = torch.randperm(len(self.objective.images), generator=generator)
            if self.device.type == "cuda":
                order = order.pin_memory()  # so that it is sent while Python goes on
            self._order = epoch, order.to(self.device, non_blocking=True)
        return self._order[1]

    @torch.no_grad()
    def _losses(self, batch: Batch) -> Reading:
        """The losses of an event, and how many steps were skipped until then."""
        self.model.eval()
        few = slice(SHOWN_IMAGES)
        shown = Batch(
            batch.seen[few],
            batch.clean[few],
            None if batch.labels is None else batch.labels[few],
            torch.Generator(self.device).manual_seed(self.seed),
        )
        with self.arithmetic.autocast(self.device):
            losses = self.objective.losses(shown)
        skipped = torch.as_tensor(self.optimiser.skipped, device=self.device)
        return Reading({**losses, SKIPPED: skipped})

    def _diverged(self, losses: dict[str, float], good: dict[str, Tensor]) -> DivergedError:
        """Go back to the last good state, and say so."""
        broke_at = self.step
        broken = [
            _("{loss} is {value}", loss=name, value=value)
            for name, value in losses.items()
            if not math.isfinite(value)
        ]
        named = reduce(lambda one, other: _("{one} and {other}", one=one, other=other), broken)
        self.restore(good)
        self.model.eval()
        sentence = _(
            "The loss became NaN or infinite at step {step} ({losses}); the model is that of step"
            " {good_step}. {advice}",
            step=broke_at, losses=named, good_step=self.step, advice=_(self.objective.advice),
        )  # fmt: skip
        return DivergedError(sentence, self.step)


def _check(name: str, value: Number | None, low: Number, high: Number) -> None:
    if value is not None and not low <= value <= high:
        raise UserError(
            _(
                "{option} is {value}; it can be {low} to {high}.",
                option=name, value=value, low=low, high=high,
            )
        )  # fmt: skip
