"""Training as a generator of events: the caller watches, and decides when to stop.

    run = Training(model, images, recipe, seed=0)
    for event in run:
        print(event.epoch, event.losses)

Events come ten times a second and at the end of each epoch, so leaving the loop stops the run
within 0.1 s. `run.state()` then holds everything that `run.restore()` needs to go on to the same
bits. The whole image set lies in memory as bytes, and a batch is one indexing step: no loader.
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from ae_core.errors import UserError
from ae_core.models.base import Autoencoder, Batch, Solved
from ae_core.models.losses import gradient_only
from ae_core.noise import Noise
from ae_core.recipes import Recipe
from ae_core.training.arithmetic import Arithmetic, choose
from ae_core.training.optimisers import Optimiser, initialise
from ae_core.types import Labels, Pixels

EVENT_SECONDS = 0.1
"""Time between two events, and so the longest time to stop."""

SHOWN_IMAGES = 64
"""Images of the batch on which the loss of an event is computed."""

GOOD_SECONDS = 1.0
"""Time between two copies of the weights, to go back to when the loss stops being a number."""

CALIBRATION_STEPS = 60
CALIBRATION_SECONDS = 0.3
"""Most that is timed before a run with a time limit, to turn seconds into a number of steps."""

Number = int | float

MAX_SEED = 2**32 - 1
MAX_SECONDS = 7 * 24 * 3600
MAX_STEPS = 10**9


@dataclass(frozen=True)
class Event:
    """How a run stands. Losses are of the present batch, apart; their sum is minimised."""

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


class DivergedError(UserError):
    """The loss stopped being a number; the model has the weights of `step`, the last good ones."""

    def __init__(self, sentence: str, step: int) -> None:
        super().__init__(sentence)
        self.step = step


class Training:
    """One run: the model, its optimiser and its place in the data.

    Args:
        model: trained in place; its weights are drawn anew unless `fresh` is False.
        images: the training set, (n, c, h, w) uint8.
        labels: the class of each image, for models that learn from them.
        seed: weights, order of images and noise all follow from it. On a CPU the same seed
            gives the same bits.
        noise: put on the images that the encoder sees; the decoder's target stays clean.
        seconds: train for about this long instead of for the recipe's epochs. The number of
            steps is fixed by timing a few before the start, and recorded as `steps`.
        steps: train for exactly this many steps.
        fresh: draw new weights; False to go on from those that the model has.
        arithmetic: what to compute in; by default what a short probe finds fastest.

    Raises:
        UserError: there are no images, the shape is not the model's, a number is out of bounds,
            or the model needs labels and there are none.
    """

    def __init__(
        self,
        model: Autoencoder,
        images: Pixels,
        recipe: Recipe,
        *,
        labels: Labels | None = None,
        seed: int = 0,
        noise: Noise | None = None,
        seconds: float | None = None,
        steps: int | None = None,
        fresh: bool = True,
        arithmetic: Arithmetic | None = None,
    ) -> None:
        if tuple(images.shape[1:]) != model.image_shape:
            raise UserError(
                f"The images are {_by(images.shape[1:])}, the model takes {_by(model.image_shape)}."
                " Choose a model made for images of this size."
            )
        if len(images) == 0:
            raise UserError("There are no images to train on. Choose a set that holds some.")
        _check("seed", seed, 0, MAX_SEED)
        _check("seconds", seconds, 0.1, MAX_SECONDS)
        _check("steps", steps, 1, MAX_STEPS)
        if model.takes_labels and labels is None:
            raise UserError("This model learns from the classes too. Choose a set with labels.")
        if isinstance(model, Solved) and noise:
            raise UserError("This model is computed at once, and cannot learn to remove noise.")
        self.device = next(model.parameters()).device
        self.model, self.recipe, self.seed, self.noise = model, recipe, seed, noise
        self.images = images.to(self.device)
        self.labels = labels.to(self.device) if model.takes_labels and labels is not None else None
        self.generator = torch.Generator(self.device).manual_seed(seed)
        if fresh and not isinstance(model, Solved):
            mean = images.sum(0, dtype=torch.float32) / (255 * len(images))
            initialise(model, recipe, mean.to(self.device), self.generator)
        self.steps_per_epoch = math.ceil(len(images) / recipe.batch_size)
        self.step = self.skipped_steps = 0
        self.seconds = 0.0
        self.gradient_norm = 0.0
        self.steps = steps or recipe.epochs * self.steps_per_epoch
        if isinstance(model, Solved):
            self.steps = self.steps_per_epoch = 1
        self.arithmetic = arithmetic or self._probed()
        self.arithmetic.lay_out(model)
        if seconds is not None and not isinstance(model, Solved):
            self.steps = self._steps_within(seconds)
        self.optimiser = Optimiser(model, recipe, self.steps)

    def __iter__(self) -> Iterator[Event]:
        """Train from where the run stands to its end.

        Raises:
            UserError: the loss is no longer a number.
        """
        torch.set_num_threads(self.arithmetic.threads)
        # Adam's memory of a weight without a gradient decays into numbers too small for the
        # processor's fast path, and stays there: its step then takes up to five times as long.
        torch.set_flush_denormal(True)
        began = spoke = saved = time.perf_counter()
        good = self.state()
        before, done_before = self.seconds, self.step
        self.model.train()
        while self.step < self.steps:
            epoch, number = divmod(self.step, self.steps_per_epoch)
            if number == 0 or self.step == done_before:
                order = self._order(epoch)
            batch = self._batch(order, number)
            self._learn(batch)
            self.step += 1
            now = time.perf_counter()
            ended = self.step % self.steps_per_epoch == 0 or self.step == self.steps
            if ended or now - spoke >= EVENT_SECONDS:
                losses = self._losses(batch)
                if not all(math.isfinite(value) for value in losses.values()):
                    raise self._diverged(losses, good)
                if now - saved >= GOOD_SECONDS:
                    good, saved = self.state(), now
                now = spoke = time.perf_counter()
                self.seconds = before + now - began
                rate = (self.step - done_before) / (now - began)
                yield Event(
                    epoch=(self.step - 1) // self.steps_per_epoch + 1,
                    epochs=math.ceil(self.steps / self.steps_per_epoch),
                    step=self.step,
                    steps=self.steps,
                    losses=losses,
                    images_per_second=rate * self.recipe.batch_size,
                    seconds=self.seconds,
                    seconds_left=(self.steps - self.step) / rate,
                    skipped_steps=self.skipped_steps,
                    epoch_ended=ended,
                )
                self.model.train()
        self.model.eval()

    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, as flat names and tensors of their own."""
        counters = {
            "step": self.step,
            "steps": self.steps,
            "skipped_steps": self.skipped_steps,
            "seconds": self.seconds,
            "gradient_norm": self.gradient_norm,
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
                f"run.{name}": torch.tensor(value, dtype=torch.float64)
                for name, value in counters.items()
            },
            "generator": self.generator.get_state(),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take the run to where `state` was taken, of the same images, recipe and seed."""

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}

        self.model.load_state_dict(part("model."))
        counters = {name: value.item() for name, value in part("run.").items()}
        self.step, self.steps = int(counters["step"]), int(counters["steps"])
        self.skipped_steps = int(counters["skipped_steps"])
        self.seconds, self.gradient_norm = counters["seconds"], counters["gradient_norm"]
        self.arithmetic = Arithmetic(
            "bfloat16" if counters["bfloat16"] else "float32",
            "channels_last" if counters["channels_last"] else "contiguous",
            int(counters["threads"]),
        )
        self.arithmetic.lay_out(self.model)
        self.optimiser = Optimiser(self.model, self.recipe, self.steps)
        self.optimiser.restore(part("optimiser."), self.step)
        self.generator.set_state(state["generator"].cpu())

    def _order(self, epoch: int) -> Tensor:
        """The epoch's permutation: it follows from seed and epoch alone, so a run can resume."""
        generator = torch.Generator().manual_seed((self.seed << 20) + epoch)
        return torch.randperm(len(self.images), generator=generator).to(self.device)

    def _batch(self, order: Tensor, number: int) -> Batch:
        size = self.recipe.batch_size
        chosen = order[number * size : (number + 1) * size]
        # A tenth of the time of indexing: whole images are copied, not pixels.
        clean = self.images.index_select(0, chosen).float().div_(255)
        if self.arithmetic.memory_format == "channels_last":
            clean = clean.contiguous(memory_format=torch.channels_last)
        seen = self.noise(clean, self.generator) if self.noise else clean
        labels = None if self.labels is None else self.labels[chosen]
        return Batch(seen, clean, labels, self.generator)

    def _learn(self, batch: Batch) -> None:
        if isinstance(self.model, Solved):
            self.model.solve(self.images)
            return
        self.optimiser.zero_grad()
        with gradient_only(), self.arithmetic.autocast(self.device):
            parts = self.model.loss(batch)
            loss = sum(parts.values(), torch.tensor(0.0))
        loss.backward()
        if self.recipe.guard and not self._guarded():
            self.skipped_steps += 1
            self.optimiser.advance()
        else:
            self.optimiser.step()

    def _guarded(self) -> bool:
        """Clip the gradient at twice its running mean length; False when it is not finite."""
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        norm = float(nn.utils.get_total_norm(gradients))
        if not math.isfinite(norm):
            return False
        limit = 2 * self.gradient_norm
        if 0 < limit < norm:
            torch._foreach_mul_(gradients, limit / norm)
            norm = limit
        self.gradient_norm += (norm - self.gradient_norm) * (0.05 if self.gradient_norm else 1)
        return True

    @torch.no_grad()
    def _losses(self, batch: Batch) -> dict[str, float]:
        self.model.eval()
        few = slice(SHOWN_IMAGES)
        with self.arithmetic.autocast(self.device):
            parts = self.model.loss(
                Batch(
                    batch.seen[few],
                    batch.clean[few],
                    None if batch.labels is None else batch.labels[few],
                    torch.Generator(self.device).manual_seed(self.seed),
                )
            )
        return {name: float(value) for name, value in parts.items()}

    def _diverged(self, losses: dict[str, float], good: dict[str, Tensor]) -> DivergedError:
        """Go back to the last good state, and say so."""
        broke_at = self.step
        named = " and ".join(f"{k} is {v}" for k, v in losses.items() if not math.isfinite(v))
        self.restore(good)
        self.model.eval()
        return DivergedError(
            f"The loss stopped being a number at step {broke_at} ({named}); the model is that of"
            f" step {self.step}. Train with a smaller learning rate, or with the guard on.",
            self.step,
        )

    def _probed(self) -> Arithmetic:
        """The arithmetic that is fastest here."""
        if isinstance(self.model, Solved):
            return Arithmetic()
        some = slice(self.recipe.batch_size)
        x = self.images[some].float().div_(255)
        return choose(
            self.model, x, self.recipe, None if self.labels is None else self.labels[some]
        )

    def _steps_within(self, seconds: float) -> int:
        """How many steps fit, by timing a few on a copy of the model."""
        trial = Training(
            copy.deepcopy(self.model),
            self.images,
            self.recipe,
            seed=self.seed,
            labels=self.labels,
            noise=self.noise,
            steps=CALIBRATION_STEPS,
            fresh=False,
            arithmetic=self.arithmetic,
        )
        torch.set_num_threads(self.arithmetic.threads)
        times = [time.perf_counter()]
        order = trial._order(0)
        for step in range(CALIBRATION_STEPS):
            trial._learn(trial._batch(order, step % trial.steps_per_epoch))
            times.append(time.perf_counter())
            if times[-1] - times[0] > min(seconds / 5, CALIBRATION_SECONDS):
                break
        taken = [b - a for a, b in pairwise(times)]
        # The first steps also choose and compile their kernels.
        step_seconds = statistics.median(taken[len(taken) // 2 :])
        # What torch loads for its first optimiser, two seconds in a new process, is no training.
        return max(1, int((seconds - (times[-1] - times[0])) / step_seconds))


def _check(name: str, value: Number | None, low: Number, high: Number) -> None:
    if value is not None and not low <= value <= high:
        raise UserError(f"{name} is {value}; it can be {low} to {high}.")


def _by(shape: tuple[int, ...] | torch.Size) -> str:
    return " x ".join(str(size) for size in shape)
