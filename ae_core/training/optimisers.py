"""From a recipe to torch's optimisers and the first weights."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ae_core.models.base import Autoencoder
from ae_core.recipes import Recipe

WARM_UP = 0.05
"""Share of all steps over which a linear schedule rises."""


class Optimiser:
    """One or two torch optimisers under one schedule.

    Muon (Jordan et al. 2024) takes the inner matrices, those with no side as long as an image, and
    Adam everything else; without Muon, one optimiser takes all.
    """

    def __init__(self, model: Autoencoder, recipe: Recipe, steps: int) -> None:
        inner: list[nn.Parameter] = []
        outer: list[nn.Parameter] = []
        for parameter in model.parameters():
            is_inner = parameter.ndim == 2 and model.pixels not in parameter.shape
            (inner if recipe.optimizer == "muon" and is_inner else outer).append(parameter)
        self.parts = [_optimiser(outer, recipe)]
        if inner:
            self.parts.append(
                torch.optim.Muon(
                    inner,
                    lr=recipe.muon_learning_rate,
                    weight_decay=0.0,
                    momentum=recipe.momentum,
                    ns_steps=3,
                    adjust_lr_fn="original",
                )
            )
        self.full_rates = [part.param_groups[0]["lr"] for part in self.parts]
        self.schedule = _schedule(recipe, steps)
        self._go_to(0)

    def zero_grad(self) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def step(self) -> None:
        for part in self.parts:
            part.step()
        self.advance()

    def advance(self) -> None:
        """Move the schedule on, also past a step that was skipped."""
        self._go_to(self.done + 1)

    def state(self) -> dict[str, Tensor]:
        """What the optimisers remember now, as flat names and tensors."""
        return {
            f"{number}.{index}.{name}": value.clone(memory_format=torch.contiguous_format)
            for number, part in enumerate(self.parts)
            for index, memory in part.state_dict()["state"].items()
            for name, value in memory.items()
        }

    def restore(self, state: dict[str, Tensor], step: int) -> None:
        """Take back what `state` gave, after `step` steps."""
        for number, part in enumerate(self.parts):
            parameters = part.param_groups[0]["params"]
            memory: dict[int, dict[str, Tensor]] = {}
            for key, value in state.items():
                owner, index, name = key.split(".", 2)
                if int(owner) == number:
                    laid_out = _laid_out(value, parameters[int(index)])
                    memory.setdefault(int(index), {})[name] = laid_out
            part.load_state_dict({**part.state_dict(), "state": memory})
        self._go_to(step)

    def _go_to(self, step: int) -> None:
        self.done = step
        for part, rate in zip(self.parts, self.full_rates, strict=True):
            part.param_groups[0]["lr"] = rate * self.schedule(step)


def _laid_out(value: Tensor, parameter: Tensor) -> Tensor:
    """A copy whose numbers lie in memory as the parameter's do; a fused step counts on that."""
    return torch.empty_like(parameter).copy_(value) if value.ndim else value.clone()


def _optimiser(parameters: list[nn.Parameter], recipe: Recipe) -> torch.optim.Optimizer:
    rate = recipe.learning_rate
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=recipe.momentum)
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=0.9)
    return torch.optim.Adam(parameters, lr=rate, betas=(0.9, recipe.beta2), eps=1e-7, fused=True)


def _schedule(recipe: Recipe, steps: int) -> Callable[[int], float]:
    if recipe.schedule == "constant":
        return lambda step: 1.0
    rise = max(1, round(WARM_UP * steps))
    return lambda step: min((step + 1) / rise, max(0.0, (steps - step) / max(1, steps - rise)))


@torch.no_grad()
def initialise(
    model: Autoencoder, recipe: Recipe, mean_image: Tensor, generator: torch.Generator
) -> None:
    """Draw the first weights as the recipe says; `mean_image` is (c, h, w) in [0, 1].

    "scaled" keeps the variance of a signal through every layer (He et al. 2015, arXiv:1502.01852)
    and lets the untrained decoder draw the mean image.
    """
    layers = [
        m for m in model.modules() if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))
    ]
    last = model.decoder[-1]
    for layer in layers:
        assert layer.bias is not None
        if recipe.initialisation == "scaled" and isinstance(layer, nn.Linear):
            ends = layer is last or layer.out_features == model.latent_dim
            deviation = math.sqrt((1 if ends else 2) / layer.in_features)
            layer.weight.normal_(0, deviation, generator=generator)
            layer.bias.zero_()
        elif recipe.initialisation == "torch":
            bound = 1 / math.sqrt(layer.weight[0].numel())
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
        else:
            nn.init.xavier_uniform_(layer.weight, generator=generator)
            layer.bias.zero_()
    if recipe.initialisation == "scaled":
        bias = last.bias
        assert isinstance(bias, Tensor)
        whole = bias.numel() == mean_image.numel()
        mean = mean_image.flatten() if whole else mean_image.mean((1, 2))
        bias.copy_(mean.clamp(1e-3, 1 - 1e-3).logit())
