"""Training a classifier from labelled images, as a generator of events like `training.py`.

The head learns at `learning_rate`; the encoder, unless it is frozen, at a share of it. Both follow
one schedule, up for a twentieth of the steps and then down to zero, under AdamW (Loshchilov and
Hutter 2019, arXiv:1711.05101).
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ae_core.classifiers.network import Classifier
from ae_core.classifiers.recipe import ClassifierRecipe, steps_for
from ae_core.errors import UserError
from ae_core.image_sets.subsets import Places, shifted
from ae_core.recipes import Recipe
from ae_core.training.arithmetic import Arithmetic, choose
from ae_core.training.loop import CALIBRATION_STEPS, EVENT_SECONDS, SHOWN_IMAGES, Event
from ae_core.training.optimisers import WARM_UP
from ae_core.types import Images, Labels, Loss, Pixels

STANDARD_IMAGES = 5_000
"""Training images over which the codes get mean 0 and deviation 1."""

LONGEST_GRADIENT = 1.0


class ClassifierTraining:
    """One run: the classifier, its optimiser and its place in the data.

    Args:
        classifier: trained in place; its head is drawn anew, and its codes are standardised.
        images: the training set, (n, c, h, w) uint8.
        labels: the class of the images named in `labelled`; others are not looked at.
        labelled: the places of the images to learn from. The others only help to standardise.
        frozen: train the head alone.
        seed: head, order of images and shifts follow from it. On a CPU the same seed and
            arithmetic give the same bits.
        seconds: train for about this long, in a number of steps that is fixed by timing a few.
        steps: train for exactly this many steps; by default what `steps_for` says.
    """

    def __init__(
        self,
        classifier: Classifier,
        images: Pixels,
        labels: Labels,
        recipe: ClassifierRecipe,
        *,
        labelled: Places,
        frozen: bool = False,
        seed: int = 0,
        seconds: float | None = None,
        steps: int | None = None,
        arithmetic: Arithmetic | None = None,
    ) -> None:
        self.device = classifier.code_mean.device
        self.classifier, self.recipe = classifier, recipe
        self.images = images[labelled].to(self.device)
        self.labels = labels[labelled].to(self.device)
        self.seed, self.frozen = seed, frozen
        self.generator = torch.Generator().manual_seed(seed)
        classifier.requires_grad_(True)
        classifier.model.requires_grad_(not frozen)
        classifier.standardise(images[:STANDARD_IMAGES])
        classifier.draw_head(self.generator)
        size = min(recipe.batch_size, len(self.images))
        self.steps_per_epoch = math.ceil(len(self.images) / size)
        self.step = 0
        self.ordered = -1
        self.order = torch.empty(0, dtype=torch.int64)
        self.seconds = 0.0
        self.steps = steps or steps_for(len(self.images))
        self.arithmetic = arithmetic or self._probed()
        self.arithmetic.lay_out(classifier)
        if seconds is not None:
            self.steps = self._steps_within(seconds)
        self.optimiser = self._optimiser()

    def __iter__(self) -> Iterator[Event]:
        """Train from where the run stands to its end.

        Raises:
            UserError: the loss is no longer a number.
        """
        torch.set_num_threads(self.arithmetic.threads)
        began = spoke = time.perf_counter()
        before, done_before = self.seconds, self.step
        while self.step < self.steps:
            x, labels = self._batch()
            self._learn(x, labels)
            self.step += 1
            now = time.perf_counter()
            last = self.step == self.steps
            if last or now - spoke >= EVENT_SECONDS:
                losses = self._losses(x, labels)
                now = spoke = time.perf_counter()
                self.seconds = before + now - began
                rate = (self.step - done_before) / (now - began)
                yield Event(
                    epoch=(self.step - 1) // self.steps_per_epoch + 1,
                    epochs=math.ceil(self.steps / self.steps_per_epoch),
                    step=self.step,
                    steps=self.steps,
                    losses=losses,
                    images_per_second=rate * len(x),
                    seconds=self.seconds,
                    seconds_left=(self.steps - self.step) / rate,
                    skipped_steps=0,
                    epoch_ended=last or self.step % self.steps_per_epoch == 0,
                )
        self.classifier.eval()

    def _batch(self) -> tuple[Images, Labels]:
        """The images of this step, moved about if the recipe says so, and their classes."""
        epoch, number = divmod(self.step, self.steps_per_epoch)
        size = self.recipe.batch_size
        chosen = self._order(epoch)[number * size : (number + 1) * size]
        x = self.images[chosen]
        if self.recipe.shift:
            x = shifted(x, self.recipe.shift, self.generator)
        x = x.float().div_(255)
        if self.arithmetic.memory_format == "channels_last":
            x = x.contiguous(memory_format=torch.channels_last)
        return x, self.labels[chosen]

    def _order(self, epoch: int) -> Places:
        """The epoch's permutation, which follows from seed and epoch alone."""
        if epoch != self.ordered:
            generator = torch.Generator().manual_seed((self.seed << 20) + epoch)
            self.order = torch.randperm(len(self.images), generator=generator).to(self.device)
            self.ordered = epoch
        return self.order

    def _learn(self, x: Images, labels: Labels) -> None:
        share = _share(self.step, self.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = group["full_rate"] * share
        self.optimiser.zero_grad(set_to_none=True)
        self.classifier.train()
        with self.arithmetic.autocast(self.device):
            loss = cross_entropy(self.classifier, x, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(self.classifier.parameters(), LONGEST_GRADIENT)
        self.optimiser.step()

    def _optimiser(self) -> torch.optim.AdamW:
        halves = {"head": self.classifier.head.parameters()}
        if not self.frozen:
            halves["encoder"] = self.classifier.model.parameters()
        rates = {"head": self.recipe.learning_rate}
        rates["encoder"] = self.recipe.learning_rate * self.recipe.encoder_rate
        groups = [
            {"params": list(parameters), "full_rate": rates[half]}
            for half, parameters in halves.items()
        ]
        return torch.optim.AdamW(groups, weight_decay=self.recipe.weight_decay, fused=True)

    @torch.no_grad()
    def _losses(self, x: Images, labels: Labels) -> dict[str, float]:
        """Cross-entropy and the share that is not recognised, of some images of the batch."""
        self.classifier.eval()
        logits = self.classifier(x[:SHOWN_IMAGES])
        labels = labels[:SHOWN_IMAGES]
        loss = float(F.cross_entropy(logits, labels))
        if not math.isfinite(loss):
            raise UserError(
                f"The loss stopped being a number at step {self.step}. Train with a smaller"
                " learning rate."
            )
        wrong = float((logits.argmax(1) != labels).float().mean())
        return {"cross_entropy": loss, "error": wrong}

    def _probed(self) -> Arithmetic:
        """The arithmetic that is fastest here."""
        recipe = Recipe(
            precision=self.recipe.precision,
            memory_format=self.recipe.memory_format,
            threads=self.recipe.threads,
        )
        some = slice(self.recipe.batch_size)
        x = self.images[some].float().div_(255)
        return choose(self.classifier, x, recipe, self.labels[some], loss=_loss_of)

    def _steps_within(self, seconds: float) -> int:
        """How many steps fit, by timing a few on a copy."""
        began = time.perf_counter()
        trial = copy.copy(self)
        trial.classifier = copy.deepcopy(self.classifier)
        trial.generator = torch.Generator().manual_seed(self.seed)
        trial.optimiser = trial._optimiser()
        torch.set_num_threads(self.arithmetic.threads)
        times = [time.perf_counter()]
        for trial.step in range(CALIBRATION_STEPS):
            trial._learn(*trial._batch())
            times.append(time.perf_counter())
            if times[-1] - times[0] > seconds / 5:
                break
        taken = [after - before for before, after in pairwise(times)]
        # The first steps also choose and compile their kernels.
        step_seconds = statistics.median(taken[len(taken) // 2 :])
        return max(1, int((seconds - (times[-1] - began)) / step_seconds))


def cross_entropy(classifier: nn.Module, x: Images, labels: Labels) -> Loss:
    """What training makes small, in nats an image."""
    return F.cross_entropy(classifier(x).float(), labels)


def _loss_of(model: nn.Module, x: Images, labels: Labels | None, _: torch.Generator) -> Tensor:
    assert labels is not None
    return cross_entropy(model, x, labels)


def _share(step: int, steps: int) -> float:
    """The share of the full rate: up for a twentieth of the steps, then down to zero."""
    rise = max(1, round(WARM_UP * steps))
    return min((step + 1) / rise, max(0.0, (steps - step) / max(1, steps - rise)))
