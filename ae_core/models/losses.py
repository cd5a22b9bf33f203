"""Reconstruction losses, with a way to skip the number when its gradient is enough; and the KL.

A training step needs d loss / d logits, which for a sigmoid with binary cross-entropy is just
sigmoid(logits) - target. The logarithms behind the loss itself cost as much as the rest of a small
network's step, so the loop computes them only when a person will see the number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from ae_core.types import Latents, Loss

Reconstruction = Literal["bce", "mse"]

_gradient_only: ContextVar[bool] = ContextVar("gradient_only", default=False)


@contextmanager
def gradient_only() -> Iterator[None]:
    """Inside, losses have the right gradient and the value 0."""
    token = _gradient_only.set(True)
    try:
        yield
    finally:
        _gradient_only.reset(token)


def reconstruction_loss(logits: Tensor, target: Tensor, kind: Reconstruction) -> Loss:
    """BCE or MSE of sigmoid(logits) against `target`, mean over pixels and images."""
    if _gradient_only.get():
        loss: Tensor = _GradientOnly.apply(logits, target, kind)
        return loss
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(logits.float(), target)
    return F.mse_loss(logits.float().sigmoid(), target)


class _GradientOnly(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(logits: Tensor, target: Tensor, kind: Reconstruction) -> Tensor:  # noqa: ARG004
        return logits.new_zeros((), dtype=torch.float32)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ARG004
        logits, target, ctx.kind = inputs
        ctx.save_for_backward(logits, target)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        logits, target = ctx.saved_tensors
        output = logits.float().sigmoid()
        if ctx.kind == "bce":
            slope = output.sub_(target)
        else:
            slope = torch.ops.aten.sigmoid_backward((output - target).mul_(2), output)
        return slope.mul_(grad / target.numel()).to(logits.dtype), None, None


def kl_divergence(mean: Latents, log_variance: Latents) -> Latents:
    """Kullback-Leibler divergence from N(0, 1) of each dimension of each code, in nats.

    Kingma and Welling 2014, arXiv:1312.6114, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
