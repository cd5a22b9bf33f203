"""From a recipe to torch's optimisers, their schedule, and the first weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ae_core.models.base import Autoencoder
from ae_core.recipes import Recipe
from ae_core.training.clipping import Clipping, Guard
from ae_core.training.uncompiled import spare_compiler

spare_compiler()

WARM_UP = 0.05
"""Share of all steps over which a linear schedule rises."""

Schedule = Callable[[float], float]
"""The share of the full learning rate at each step; steps may be parts of one, see `plans`."""


class Optimiser:
    """One or more torch optimisers under one schedule, which starts at their present rates."""

    def __init__(
        self, parts: Sequence[torch.optim.Optimizer], schedule: Schedule, clipping: Clipping
    ) -> None:
        self.parts, self.schedule, self.clipping = parts, schedule, clipping
        self.full_rates = [group["lr"] for group in self.groups]
        self.share = 1.0
        self.skipped: int | Tensor = 0
        self.place: Callable[[int], float] = float
        """Where the schedule stands at a step."""
        for group in self.groups:
            # A step that a CUDA graph holds leaves nothing to Python.
            if "capturable" in group:
                group["capturable"] = group["params"][0].is_cuda
        self._go_to(0)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The parameters with their rates, of all parts."""
        return [group for part in self.parts for group in part.param_groups]

    def scale(self, share: float) -> None:
        """Have all rates be this share of what they were to be, from the next step on."""
        self.share = share
        self._go_to(self.done)

    def zero_grad(self) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def update(self) -> None:
        """Step along the clipped gradient; a step that the clipping refuses is counted."""
        if self.clipping.accepts():
            self.step()
        else:
            self.skipped += 1
            self.advance()

    def step(self) -> None:
        """Step along the gradient as it is."""
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
            parameters = [each for group in part.param_groups for each in group["params"]]
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
        for group, rate in zip(self.groups, self.full_rates, strict=True):
            group["lr"] = rate * self.share * self.schedule(self.place(step))


def optimiser_for(model: Autoencoder, recipe: Recipe, steps: int) -> Optimiser:
    """What a recipe says.

    Muon (Jordan et al. 2024) takes the inner matrices, those with no side as long as an image, and
    Adam everything else; without Muon, one optimiser takes all.
    """
    inner: list[nn.Parameter] = []
    outer: list[nn.Parameter] = []
    for parameter in model.parameters():
        (inner if is_inner(parameter, model, recipe) else outer).append(parameter)
    parts = [elementwise(outer, recipe)]
    if inner:
        parts.append(
            torch.optim.Muon(
                inner,
                lr=recipe.muon_learning_rate,
                weight_decay=0.0,
                momentum=recipe.momentum,
                ns_steps=3,
                adjust_lr_fn="original",
            )
        )
    schedule = constant if recipe.schedule == "constant" else linear(steps)
    clipping = Guard if recipe.guard else Clipping
    return Optimiser(parts, schedule, clipping(model.parameters()))


def is_inner(parameter: nn.Parameter, model: Autoencoder, recipe: Recipe) -> bool:
    """Whether Muon takes it."""
    is_matrix = parameter.ndim == 2 and model.pixels not in parameter.shape
    return recipe.optimizer == "muon" and is_matrix


def constant(step: float) -> float:  # noqa: ARG001
    """A schedule: always the full rate."""
    return 1.0


def linear(steps: int) -> Schedule:
    """A schedule: up for a twentieth of the steps, then down to zero."""
    rise = max(1, round(WARM_UP * steps))
    return lambda step: min((step + 1) / rise, max(0.0, (steps - step) / max(1, steps - rise)))


def _laid_out(value: Tensor, parameter: Tensor) -> Tensor:
    """A copy whose numbers lie in memory as the parameter's do; a fused step counts on that."""
    return torch.empty_like(parameter).copy_(value) if value.ndim else value.clone()


def elementwise(parameters: Sequence[Tensor], recipe: Recipe) -> torch.optim.Optimizer:
    """The optimiser of everything that Muon does not take; it treats each number by itself."""
    rate = recipe.learning_rate
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=recipe.momentum)
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=0.9)
    if recipe.optimizer == "tensorflow-rmsprop":
        return TensorFlowRMSprop(parameters, rate)
    return torch.optim.Adam(
        parameters, lr=rate, betas=(0.9, recipe.beta2), eps=recipe.epsilon, fused=True
    )


class TensorFlowRMSprop(torch.optim.Optimizer):
    """RMSProp with the defaults of TensorFlow 1's `tf.train.RMSPropOptimizer`.

    Unlike torch's, its mean of squared gradients starts at 1, and epsilon is added inside the root:
    m <- 0.9 m + 0.1 g^2, then w <- w - rate g / sqrt(m + 1e-10).
    """

    def __init__(self, parameters: Iterable[Tensor], rate: float) -> None:
        super().__init__(parameters, {"lr": rate})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if (gradient := parameter.grad) is not None:
                    state = self.state[parameter]
                    if not state:
                        state["mean_square"] = torch.ones_like(parameter)
                    mean = state["mean_square"]
                    mean.mul_(0.9).addcmul_(gradient, gradient, value=0.1)
                    parameter.addcdiv_(gradient, (mean + 1e-10).sqrt(), value=-group["lr"])


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
            if recipe.initialisation == "glorot-biases":
                # TensorFlow 1 takes the shape (n,) for n numbers in and n out.
                bound = math.sqrt(3 / layer.bias.numel())
                layer.bias.uniform_(-bound, bound, generator=generator)
            else:
                layer.bias.zero_()
    if recipe.initialisation == "scaled":
        bias = last.bias
        assert isinstance(bias, Tensor)
        whole = bias.numel() == mean_image.numel()
        mean = mean_image.flatten() if whole else mean_image.mean((1, 2))
        bias.copy_(mean.clamp(1e-3, 1 - 1e-3).logit())
