"""In which arithmetic a run computes: number format, memory format, threads. Measured, not assumed.

bfloat16 is four times as fast on one processor and half as fast on another; channels-last helps
convolutions together with bfloat16 and can hurt without; two threads on a busy machine are slower
than one. So a run tries a few steps of each before it starts, and its card says what was chosen.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from ae_core.models.base import Autoencoder, Batch
from ae_core.models.losses import gradient_only
from ae_core.recipes import Recipe
from ae_core.types import Images, Labels

PROBE_SECONDS = 0.01
"""Time for the timed steps of each candidate, after one that is not timed."""

LEAST_PROBE_STEPS = 3
"""Timed steps of each candidate, however long they take."""

PROBE_IMAGES = 64
"""Images of a probe's batch of a convolutional network, whose steps are long."""

WORTH_A_THREAD = 0.75
"""More threads are taken only if they need less than this share of the time."""

LossOf = Callable[[nn.Module, Images, Labels | None, torch.Generator], Tensor]
"""What a step makes small: a loss of a model, a batch and, where it has them, its classes."""


def autoencoder_loss(
    model: nn.Module, x: Images, labels: Labels | None, generator: torch.Generator
) -> Tensor:
    """The loss of a training step: the sum of its parts, as far as its gradient goes."""
    assert isinstance(model, Autoencoder)
    with gradient_only():
        parts = model.loss(Batch.of(x, labels, generator))
    return torch.stack([part.float() for part in parts.values()]).sum()


@dataclass(frozen=True)
class Arithmetic:
    """What a run computes in. The same arithmetic and seed give the same bits on a CPU."""

    precision: Literal["float32", "bfloat16"] = "float32"
    memory_format: Literal["contiguous", "channels_last"] = "contiguous"
    threads: int = 1

    def lay_out(self, model: nn.Module) -> None:
        """Order the weights of convolutions in memory."""
        last = self.memory_format == "channels_last"
        model.to(memory_format=torch.channels_last if last else torch.contiguous_format)

    def autocast(self, device: torch.device) -> torch.autocast:
        """The number format of everything computed inside it."""
        return torch.autocast(device.type, torch.bfloat16, enabled=self.precision == "bfloat16")

    def __str__(self) -> str:
        threads = f"{self.threads} thread" + ("s" if self.threads > 1 else "")
        return f"{self.precision}, {self.memory_format.replace('_', ' ')}, {threads}"


def choose(
    model: nn.Module,
    x: Images,
    recipe: Recipe,
    labels: Labels | None = None,
    *,
    loss: LossOf = autoencoder_loss,
) -> Arithmetic:
    """The fastest arithmetic that the recipe allows, for this model and a batch like `x`.

    Takes about 50 ms for dense networks, and a few tenths of a second for convolutional ones.
    """
    device = x.device
    convolutional = any(isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)) for m in model.modules())
    if convolutional:
        x, labels = x[:PROBE_IMAGES], labels[:PROBE_IMAGES] if labels is not None else None
    formats = {
        "precision": ["float32", *(["bfloat16"] if low_precision(device) else [])],
        "memory_format": ["contiguous", *(["channels_last"] if convolutional else [])],
    }
    for name, found in formats.items():
        if (asked := getattr(recipe, name)) != "auto":
            found[:] = [asked]
    threads = recipe.threads or 1
    candidates = [
        Arithmetic(precision, memory_format, threads)  # type: ignore[arg-type]
        for precision in formats["precision"]
        for memory_format in formats["memory_format"]
    ]
    more = min(_free_cores(), 8) if recipe.threads == 0 and device.type == "cpu" else 1
    if len(candidates) == 1 and more == 1:
        return candidates[0]
    trial = copy.deepcopy(model).train()
    before = torch.get_num_threads()
    try:
        times = {each: _step_seconds(trial, x, labels, each, loss) for each in candidates}
        best = min(times, key=lambda each: times[each])
        if more > 1:
            wider = Arithmetic(best.precision, best.memory_format, more)
            if _step_seconds(trial, x, labels, wider, loss) < WORTH_A_THREAD * times[best]:
                best = wider
    finally:
        torch.set_num_threads(before)
    return best


def _step_seconds(
    model: nn.Module, x: Images, labels: Labels | None, arithmetic: Arithmetic, loss: LossOf
) -> float:
    """Seconds of the fastest of a few forward and backward passes."""
    torch.set_num_threads(arithmetic.threads)
    arithmetic.lay_out(model)
    generator = torch.Generator(x.device).manual_seed(0)
    # One thread's own seconds leave out whoever else keeps the processor busy.
    alone = x.device.type == "cpu" and arithmetic.threads == 1
    clock = time.thread_time if alone else time.perf_counter
    best, spent = float("inf"), 0.0
    for step in range(12):
        began = clock()
        model.zero_grad(set_to_none=True)
        with arithmetic.autocast(x.device):
            value = loss(model, x, labels, generator)
        value.backward()
        if x.device.type == "cuda":
            torch.cuda.synchronize(x.device)
        if step == 0:  # it also chooses and compiles the kernels
            continue
        took = clock() - began
        best, spent = min(best, took), spent + took
        if step >= LEAST_PROBE_STEPS and spent > PROBE_SECONDS:
            break
    return best


def _free_cores() -> int:
    """Cores that this process may use and that nobody else was using in the last minute."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, int((allowed or 1) - busy + 0.5))


def low_precision(device: torch.device) -> bool:
    """Whether bfloat16 arithmetic is native here, and so worth trying."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return (
        device.type == "cpu"
        and torch.backends.mkldnn.is_available()
        and torch.cpu._is_avx512_bf16_supported()
    )
