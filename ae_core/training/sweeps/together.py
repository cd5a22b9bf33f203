"""Many models of one family trained as one: each ends where it would have ended alone.

Their weights lie in one tensor for each layer, with one more dimension, so that a step of all is as
many operators as a step of one (`torch.func.vmap`). Where codes differ in size, weights are padded
with zeros: a number of the code that is always zero and is read by nobody has no gradient. Each
model has its own order of images, noise and draws, as its seed says.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.functional import pad

from ae_core.errors import UserError
from ae_core.models import Autoencoder
from ae_core.models.base import Batch
from ae_core.models.losses import gradient_only
from ae_core.texts import _
from ae_core.training.devices.steps import USUAL_STEPS, DeviceSteps, Places
from ae_core.training.loop import EVENT_SECONDS, SHOWN_IMAGES, Event, Training
from ae_core.training.objectives import Reconstruction
from ae_core.training.sweeps.padding import padded
from ae_core.training.sweeps.stacked import Stacked, StackedOptimiser

MOST = 64
"""Models that are trained as one."""

Losses = dict[str, Float[Tensor, " models"]]


@dataclass(frozen=True, eq=False)
class Ways:
    """What each model learns from in one step; without a dimension of models what all share."""

    seen: Tensor
    clean: Tensor
    labels: Tensor | None
    draws: Tensor | None
    shared: bool


class Together:
    """The training of some runs at once, none of which has begun; iterate to train them.

    Raises:
        UserError: they are too many, or cannot be trained as one.
    """

    def __init__(self, runs: Sequence[Training[Autoencoder]]) -> None:
        self.runs = _checked(runs)
        models = [run.model for run in self.runs]
        self.model = copy.deepcopy(max(models, key=lambda model: model.latent_dim))
        self.model.train()
        wholes = []
        for model in models:
            whole = copy.deepcopy(self.model)
            whole.load_state_dict(padded(model, self.model), strict=False)
            wholes.append(whole)
        self.parameters, self.buffers = stack_module_state(wholes)
        first = self.runs[0]
        self.steps, self.step = first.steps, 0
        self.arithmetic, self.device = first.arithmetic, first.device
        objective = first.objective
        assert isinstance(objective, Reconstruction)
        self.optimiser = StackedOptimiser(self.parameters, models, objective.recipe, self.steps)
        self.floats = _differing(models, self.device)
        recipe = objective.recipe
        self.shared = len({run.seed for run in self.runs}) == 1 and not (
            recipe.shift or recipe.flip or any(has_noise(run) for run in self.runs)
        )
        self.seconds = 0.0
        self.size = min(recipe.batch_size, len(objective.images))
        self.generators = [run.generator for run in self.runs]
        self._orders = -1, torch.empty(0, dtype=torch.int64)
        self._steps = DeviceSteps(self)

    def __iter__(self) -> Iterator[list[Event]]:
        """Train to the end; an event of each run, ten times a second and at the end."""
        began = spoke = time.perf_counter()
        while self.step < self.steps:
            with self.arithmetic.in_force():
                ways = self.advance()
                last = self.step == self.steps
                if not last and time.perf_counter() - spoke < EVENT_SECONDS:
                    continue
                losses = {name: each.tolist() for name, each in self.losses(ways).items()}
            spoke = time.perf_counter()
            self.seconds = spoke - began
            skipped = [int(each) for each in self.optimiser.skipped.tolist()]
            rate = self.step / self.seconds
            if last:
                self.give_back()
            yield [
                Event(
                    epoch=(self.step - 1) // run.steps_per_epoch + 1,
                    epochs=math.ceil(self.steps / run.steps_per_epoch),
                    step=self.step,
                    steps=self.steps,
                    losses={name: values[number] for name, values in losses.items()},
                    images_per_second=rate * self.size,
                    seconds=self.seconds,
                    seconds_left=(self.steps - self.step) / rate,
                    skipped_steps=skipped[number],
                    epoch_ended=self.step % run.steps_per_epoch == 0,
                )
                for number, run in enumerate(self.runs)
            ]

    def advance(self) -> Ways:
        """Train one step; what the models learned from."""
        epoch, number = divmod(self.step, self.runs[0].steps_per_epoch)
        if self._orders[0] != epoch:
            self._orders = epoch, torch.stack([run.permutation(epoch) for run in self.runs])
        chosen = self._orders[1][:, number * self.size : (number + 1) * self.size]
        if self.step < USUAL_STEPS:
            self.follow_schedule()
            ways = self(chosen)
        else:
            ways = self._steps.learn(chosen)
        self.step += 1
        return ways

    def follow_schedule(self) -> None:
        self.optimiser.follow_schedule(self.step)

    def __call__(self, chosen: Places) -> Ways:
        """Train on these images, one row of places for each model, and read nothing back."""
        ways = self.ways(chosen)
        with self.arithmetic.autocast(self.device, cached=False), gradient_only():
            losses = self._mapped(ways, lambda parts: sum(parts.values(), torch.tensor(0.0)))
        losses.sum().backward()
        self.optimiser.update()
        return ways

    @torch.no_grad()
    def losses(self, ways: Ways) -> Losses:
        """What an event reports of each model, on the first images of its batch."""
        places = slice(SHOWN_IMAGES) if ways.shared else (slice(None), slice(SHOWN_IMAGES))
        of_each = (slice(None), slice(SHOWN_IMAGES))
        few = Ways(
            ways.seen[places],
            ways.clean[places],
            None if ways.labels is None else ways.labels[places],
            None if ways.draws is None else ways.draws[of_each],
            ways.shared,
        )
        with self.arithmetic.autocast(self.device):
            found: Losses = self._mapped(few, lambda parts: parts)
        return found

    def ways(self, chosen: Places) -> Ways:
        """Batches of these images, each drawn as its run alone would draw it."""
        batches: list[Batch] = []
        draws: list[Tensor] = []
        for run, places, generator in zip(self.runs, chosen, self.generators, strict=True):
            if not (self.shared and batches):
                batches.append(run.objective.batch(places, self.arithmetic, generator))
            if run.model.variational:
                shape = (len(places), run.model.free_numbers)
                drawn = torch.randn(shape, generator=generator, device=self.device)
                missing = self.model.free_numbers - shape[1]
                draws.append(pad(drawn, (0, missing)))
        all_drawn = torch.stack(draws) if draws else None
        if self.shared:
            (batch,) = batches
            return Ways(batch.seen, batch.clean, batch.labels, all_drawn, shared=True)
        labels = [each.labels for each in batches if each.labels is not None]
        return Ways(
            torch.stack([each.seen for each in batches]),
            torch.stack([each.clean for each in batches]),
            torch.stack(labels) if labels else None,
            all_drawn,
            shared=False,
        )

    @torch.no_grad()
    def give_back(self) -> None:
        """Give each run the weights that it has reached, and its share of the time."""
        for number, run in enumerate(self.runs):
            for name, value in run.model.named_parameters():
                value.copy_(self.parameters[name][number][tuple(map(slice, value.shape))])
            run.model.eval()
            run.step = self.step
            run.seconds = self.seconds / len(self.runs)
            run.optimiser.skipped = int(self.optimiser.skipped[number])

    def _mapped(self, ways: Ways, wanted: Any) -> Any:
        """What is wanted of the parts of the loss, of every model."""
        batch = None if ways.shared else 0
        labels = None if ways.labels is None else batch
        draws = None if ways.draws is None else 0
        network = _Loss(self.model)

        def of_one(
            parameters: Stacked,
            buffers: Stacked,
            floats: Stacked,
            seen: Tensor,
            clean: Tensor,
            labels: Tensor | None,
            draws: Tensor | None,
        ) -> Any:
            with _numbers(self.model, floats):
                named = {f"model.{name}": each for name, each in {**parameters, **buffers}.items()}
                return wanted(functional_call(network, named, (Batch(seen, clean, labels, draws),)))

        mapped = vmap(of_one, in_dims=(0, 0, 0, batch, batch, labels, draws))
        return mapped(
            self.parameters, self.buffers, self.floats,
            ways.seen, ways.clean, ways.labels, ways.draws,
        )  # fmt: skip


def has_noise(run: Training[Autoencoder]) -> bool:
    """Whether a run learns to remove noise."""
    return isinstance(run.objective, Reconstruction) and run.objective.noise is not None


class _Loss(nn.Module):
    """A model whose call gives the parts of its loss."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return self.model.loss(batch)


@contextmanager
def _numbers(model: Autoencoder, numbers: Mapping[str, Tensor]) -> Iterator[None]:
    """Inside, the model's config has these numbers, which are tensors."""
    config = model.config
    if numbers:
        model.config = SimpleNamespace(**{**vars(config), **numbers})
    try:
        yield
    finally:
        model.config = config


def _differing(models: Sequence[Autoencoder], device: torch.device) -> dict[str, Tensor]:
    """The options of the networks that are numbers and differ, with one number for each model.

    Raises:
        UserError: the networks differ in something else than numbers and the size of the code.
    """
    configs = [vars(model.config) for model in models]
    differing = {
        name for name, value in configs[0].items() if any(each[name] != value for each in configs)
    } - {"latent_dim"}
    for name in differing:
        if not isinstance(configs[0][name], float):
            raise UserError(
                _("Models that differ in {option} cannot be trained as one.", option=name)
            )
    return {
        name: torch.tensor([each[name] for each in configs], device=device) for name in differing
    }


def _checked(runs: Sequence[Training[Autoencoder]]) -> list[Training[Autoencoder]]:
    """The runs, which can be trained as one.

    Raises:
        UserError: they are too many, or have no steps.
    """
    if len(runs) > MOST:
        raise UserError(
            _(
                "{count} models are too many to be trained as one: {most} can be.",
                count=len(runs), most=MOST,
            )
        )  # fmt: skip
    if any(run.objective.solved for run in runs):
        raise UserError(_("This model is computed at once: there is nothing to train."))
    first = runs[0]
    assert all((run.step, run.steps) == (0, first.steps) for run in runs)
    assert all(run.arithmetic == first.arithmetic for run in runs)
    return list(runs)
