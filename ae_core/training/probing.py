"""Which arithmetic is fastest for an objective on this machine. Measured, not assumed.

bfloat16 is four times as fast on one processor and half as fast on another; channels-last helps
convolutions together with bfloat16 and can hurt without; two threads on a busy machine are slower
than one. So a run tries a few steps of each before it starts, and its card says what was chosen.
"""

from __future__ import annotations

import copy
import os
import time
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from ae_core.training.arithmetic import Arithmetic, low_precision
from ae_core.training.objectives import Objective

PROBE_SECONDS = 0.01
"""Time for the timed steps of each candidate, after one that is not timed."""

LEAST_PROBE_STEPS = 3
"""Timed steps of each candidate, however long they take."""

PROBE_IMAGES = 64
"""Images of a probe's batch of a convolutional network, whose steps are long."""

WORTH_A_THREAD = 0.75
"""More threads are taken only if they need less than this share of the time."""


def fastest(objective: Objective[Any]) -> Arithmetic:
    """The fastest arithmetic that the recipe allows, for this model and its batches.

    Takes about 50 ms for dense networks, and a few tenths of a second for convolutional ones.
    """
    recipe, device = objective.recipe, objective.device
    convolutional = any(
        isinstance(each, (nn.Conv2d, nn.ConvTranspose2d)) for each in objective.model.modules()
    )
    formats = {
        "precision": ["float32", *(["bfloat16"] if low_precision(device) else [])],
        "memory_format": ["contiguous", *(["channels_last"] if convolutional else [])],
    }
    for name, found in formats.items():
        if (asked := getattr(recipe, name)) != "auto":
            found[:] = [asked]
    candidates = [
        Arithmetic(precision, memory_format, recipe.threads or 1)  # type: ignore[arg-type]
        for precision in formats["precision"]
        for memory_format in formats["memory_format"]
    ]
    more = min(_free_cores(), 8) if recipe.threads == 0 and device.type == "cpu" else 1
    if len(candidates) == 1 and more == 1:
        return candidates[0]
    trial = objective.on(copy.deepcopy(objective.model).train())
    images = min(recipe.batch_size, PROBE_IMAGES) if convolutional else recipe.batch_size
    times = {each: _step_seconds(trial, each, images) for each in candidates}
    best = min(times, key=lambda each: times[each])
    if more > 1:
        wider = replace(best, threads=more)
        if _step_seconds(trial, wider, images) < WORTH_A_THREAD * times[best]:
            best = wider
    return best


def _step_seconds(objective: Objective[Any], arithmetic: Arithmetic, images: int) -> float:
    """Seconds of the fastest of a few forward and backward passes."""
    device = objective.device
    generator = torch.Generator(device).manual_seed(0)
    # One thread's own seconds leave out whoever else keeps the processor busy.
    alone = device.type == "cpu" and arithmetic.threads == 1
    clock = time.thread_time if alone else time.perf_counter
    best, spent = float("inf"), 0.0
    with arithmetic.in_force():
        arithmetic.lay_out(objective.model)
        chosen = torch.arange(min(images, len(objective.images)), device=device)
        batch = objective.batch(chosen, arithmetic, generator)
        for step in range(12):
            began = clock()
            objective.model.zero_grad(set_to_none=True)
            with arithmetic.autocast(device):
                loss = objective.loss(batch)
            loss.backward()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
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
