"""The optimisers of many models at once, whose parameters lie in one tensor for each layer.

Most rules treat each number by itself, and are torch's own. Only what looks at a whole gradient has
to know where one model ends: Muon, and the guard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ae_core.models import Autoencoder
from ae_core.recipes import Recipe
from ae_core.training.clipping import MEMORY
from ae_core.training.optimisers import Schedule, constant, elementwise, is_inner, linear

NEWTON_SCHULZ_STEPS = 3
A, B, C = 3.4445, -4.775, 2.0315
"""The quintic of torch's Muon."""

SMALLEST_NORM = 1e-7

Stacked = dict[str, Tensor]
"""Parameters of all models by name, (models, ...)."""

EachModel = Float[Tensor, " models"]


class StackedOptimiser:
    """What `optimiser_for` gives one model, for the padded parameters of many."""

    def __init__(
        self, parameters: Stacked, models: Sequence[Autoencoder], recipe: Recipe, steps: int
    ) -> None:
        first = models[0]
        inner = {
            name: parameter
            for name, parameter in first.named_parameters()
            if is_inner(parameter, first, recipe)
        }
        outer = [value for name, value in parameters.items() if name not in inner]
        self.parts: list[torch.optim.Optimizer] = [elementwise(outer, recipe)]
        if inner:
            shapes = {name: [dict(each.named_parameters())[name].shape for each in models]
                      for name in inner}  # fmt: skip
            self.parts.append(StackedMuon({n: parameters[n] for n in inner}, shapes, recipe))
        self.parameters = list(parameters.values())
        self.free = self.parameters[0].device.type != "cpu"
        self.full_rates = [part.param_groups[0]["lr"] for part in self.parts]
        self.schedule: Schedule = constant if recipe.schedule == "constant" else linear(steps)
        for part in self.parts:
            if "capturable" in part.param_groups[0]:
                part.param_groups[0]["capturable"] = self.parameters[0].is_cuda
        self.guarded = recipe.guard
        device = self.parameters[0].device
        self.usual_norm = torch.zeros(len(models), device=device)
        self.skipped = torch.zeros(len(models), device=device)
        self.share = torch.ones((), device=device)

    def follow_schedule(self, step: int) -> None:
        """Let the next step have the rate of this one."""
        if self.free:
            self.share.fill_(self.schedule(step))
            return
        for part, rate in zip(self.parts, self.full_rates, strict=True):
            part.param_groups[0]["lr"] = rate * self.schedule(step)

    @torch.no_grad()
    def update(self) -> None:
        """Step along the gradients; a model whose gradient the guard refuses stays as it is.

        Where it is `free`, no number is read: the optimisers step at their full rates, and a share
        of that is kept, as in `FreeStep`.
        """
        accepted = self._guard() if self.guarded else torch.ones_like(self.skipped)
        self.skipped += 1 - accepted
        undone = self.free or not bool(accepted.all())
        moving = [*self.parameters, *self._memories()] if undone else []
        before = [each.clone() for each in moving]
        for part in self.parts:
            part.step()
            part.zero_grad(set_to_none=True)
        for place, (now, then) in enumerate(zip(moving, before, strict=True)):
            kept = self.share * accepted if place < len(self.parameters) else accepted
            now.copy_(torch.lerp(then, now, like(kept, now)))

    def _memories(self) -> list[Tensor]:
        """What the optimisers remember of each model."""
        return [
            each
            for part in self.parts
            for memory in part.state.values()
            for each in memory.values()
            if each.ndim
        ]

    def _guard(self) -> EachModel:
        """Clip each model's gradient as `Guard` does; 1 where it is accepted, 0 where refused."""
        gradients = [each.grad for each in self.parameters if each.grad is not None]
        norms = [torch.linalg.vector_norm(each.flatten(1), dim=1) for each in gradients]
        norm = torch.linalg.vector_norm(torch.stack(norms), dim=0)
        accepted = norm.isfinite().float()
        norm = norm.nan_to_num(0, 0, 0)
        clipped = torch.where(self.usual_norm > 0, norm.minimum(2 * self.usual_norm), norm)
        share = clipped / norm.clamp_min(1e-30)
        if self.free or bool((share != 1).any()):
            for each in gradients:
                each.mul_(like(share, each)).nan_to_num_(0, 0, 0)
        self.usual_norm.lerp_(clipped, torch.where(self.usual_norm > 0, MEMORY, 1.0) * accepted)
        return accepted


class StackedMuon(torch.optim.Optimizer):
    """torch's Muon, for stacks of matrices that are padded with zeros to one shape."""

    def __init__(
        self, matrices: Stacked, shapes: dict[str, list[torch.Size]], recipe: Recipe
    ) -> None:
        super().__init__(list(matrices.values()), {"lr": recipe.muon_learning_rate})
        self.momentum = recipe.momentum
        self.scales = {
            matrices[name]: torch.tensor(
                [math.sqrt(max(1, rows / columns)) for rows, columns in each],
                device=matrices[name].device,
            )
            for name, each in shapes.items()
        }

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        (group,) = self.param_groups
        for matrix in group["params"]:
            if (gradient := matrix.grad) is None:
                continue
            state = self.state[matrix]
            if not state:
                state["momentum_buffer"] = torch.zeros_like(gradient)
            memory = state["momentum_buffer"].lerp_(gradient, 1 - self.momentum)
            update = orthogonal(gradient.lerp(memory, self.momentum))
            matrix.sub_(update * like(group["lr"] * self.scales[matrix], matrix))


def orthogonal(
    matrices: Float[Tensor, "models rows columns"],
) -> Float[Tensor, "models rows columns"]:
    """Nearly orthogonal matrices with the same directions, by Newton and Schulz, in bfloat16."""
    x = matrices.bfloat16()
    upright = x.shape[1] > x.shape[2]
    x = x.mT if upright else x
    x = x / x.flatten(1).norm(dim=1).clamp_min(SMALLEST_NORM)[:, None, None]
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=B, alpha=C), x, beta=A)
    return (x.mT if upright else x).to(matrices.dtype)


def like(values: EachModel, stacked: Tensor) -> Tensor:
    """A number of each model, to multiply what is stacked."""
    return values.view(-1, *[1] * (stacked.ndim - 1))
