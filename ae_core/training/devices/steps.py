"""Steps of training on a GPU for which Python waits nowhere, replayed from a CUDA graph.

A step of a small network is some dozens of kernels of microseconds, so that a GPU waits for Python
most of the time. A graph starts them all at once (https://docs.pytorch.org/docs/stable/notes/cuda.html,
"CUDA graphs"). It holds fast whatever is a number of Python's, so that what changes from step to
step are tensors: which images, how much of the full rates, the usual length of a gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Int64
from torch import Tensor

from ae_core.models.base import Batch
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.objectives import Objective
from ae_core.training.optimisers import Optimiser

USUAL_STEPS = 3
"""First steps, taken the usual way: optimisers make their memory in them."""

WARM_UP_STEPS = 3
"""Steps before a capture, on a stream of their own: libraries set themselves up there."""

WAITS, CAPTURES_NOT = "a step of it waits for the GPU", "a step of it cannot be captured"
"""Why steps are not replayed, as a card says it."""

Places = Int64[Tensor, "*models n"]


@runtime_checkable
class Step(Protocol):
    """What can be captured: a step that reads nothing back, of `size` images where it is whole."""

    device: torch.device
    size: int
    generators: list[torch.Generator]

    def follow_schedule(self) -> None: ...
    def __call__(self, chosen: Places) -> Any: ...


class FreeStep:
    """A step as `Objective.learn` takes it, with no number read back to Python.

    The optimisers step at their full rates, and `share` of what this changes is kept: all of their
    steps are proportional to the rate. A step that is refused leaves all as it was.
    """

    def __init__(
        self,
        objective: Objective[Any],
        optimiser: Optimiser,
        arithmetic: Arithmetic,
        generator: torch.Generator,
    ) -> None:
        self.objective, self.optimiser = objective, optimiser
        self.arithmetic, self.generators = arithmetic, [generator]
        self.device = device = objective.device
        self.size = min(objective.recipe.batch_size, len(objective.images))
        clipping = optimiser.clipping
        clipping.usual_norm = torch.tensor(float(clipping.usual_norm), device=device)
        optimiser.skipped = torch.tensor(float(optimiser.skipped), device=device)
        self.share, self.accepted = torch.ones(2, device=device).unbind()
        self.rates = [float(rate) for rate in optimiser.full_rates]
        self.parameters = [each for group in optimiser.groups for each in group["params"]]
        self.memory = [
            value
            for part in optimiser.parts
            for state in part.state.values()
            for value in state.values()
            if value.device == device
        ]
        with torch.no_grad():
            self.before = [each.clone() for each in [*self.parameters, *self.memory]]

    def follow_schedule(self) -> None:
        """Let the next step have the rate that the schedule has come to."""
        self.share.fill_(self.optimiser.groups[0]["lr"] / self.rates[0])

    def __call__(self, chosen: Places) -> Batch:
        batch = self.objective.batch(chosen, self.arithmetic, *self.generators)
        self.optimiser.zero_grad()
        # A cast that autocast keeps from one step to the next would be missing in a graph.
        with self.arithmetic.autocast(self.device, cached=False):
            loss = self.objective.loss(batch)
        loss.backward()
        self._update()
        return batch

    @torch.no_grad()
    def _update(self) -> None:
        optimiser, accepted = self.optimiser, self.accepted
        optimiser.clipping.clip(accepted)
        optimiser.skipped += 1 - accepted
        now = [*self.parameters, *self.memory]
        torch._foreach_copy_(self.before, now)
        with self._full_rates():
            for part in optimiser.parts:
                part.step()
        torch._foreach_sub_(now, self.before)
        torch._foreach_mul_(self.parameters, self.share * accepted)
        if self.memory:
            torch._foreach_mul_(self.memory, accepted)
        torch._foreach_add_(now, self.before)

    @contextmanager
    def _full_rates(self) -> Iterator[None]:
        groups = self.optimiser.groups
        scheduled = [group["lr"] for group in groups]
        for group, rate in zip(groups, self.rates, strict=True):
            group["lr"] = rate
        yield
        for group, rate in zip(groups, scheduled, strict=True):
            group["lr"] = rate


class DeviceSteps:
    """The steps of a run on a device; on a GPU those of whole batches are replayed from a graph.

    `eager_because` says why they are not, where a family or a noise does not allow it.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self.on_gpu = step.device.type == "cuda"
        self.warm_up = 0
        self.eager_because = ""
        self.graph: torch.cuda.CUDAGraph | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the steps to come are taken as the last one was."""
        return not self.on_gpu or bool(self.graph or self.eager_because)

    def learn(self, chosen: Places) -> Any:
        """Train one step; what it learned from, which the next step overwrites."""
        self.step.follow_schedule()
        if not self.on_gpu or self.eager_because or chosen.shape[-1] != self.step.size:
            batch = self.step(chosen)
        elif self.warm_up < WARM_UP_STEPS:
            batch = self._warmed_up(chosen)
        else:
            batch = self._replayed(chosen)
        return batch

    def _warmed_up(self, chosen: Places) -> Any:
        """A step beside the main stream, in which whatever would wait is found out."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        mode = torch.cuda.get_sync_debug_mode()
        try:
            torch.cuda.set_sync_debug_mode("error")
            with torch.cuda.stream(stream):
                batch = self.step(chosen)
        except RuntimeError as failure:
            if "synchronizing" not in str(failure):
                raise
            self.eager_because = WAITS
        finally:
            torch.cuda.set_sync_debug_mode(mode)
            torch.cuda.current_stream().wait_stream(stream)
        if self.eager_because:
            return self.step(chosen)
        self.warm_up += 1
        return batch

    def _replayed(self, chosen: Places) -> Any:
        if self.graph is None:
            self._capture(chosen)
        if self.graph is None:
            return self.step(chosen)
        self.chosen.copy_(chosen)
        self.graph.replay()
        return self.batch

    def _capture(self, chosen: Places) -> None:
        graph, step = torch.cuda.CUDAGraph(), self.step
        states = [each.get_state() for each in step.generators]
        for each in step.generators:
            graph.register_generator_state(each)
        self.chosen = chosen.clone()
        try:
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self.batch = step(self.chosen)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            self.eager_because = CAPTURES_NOT
            # The former ones are still held by the capture.
            step.generators = [torch.Generator(step.device) for _ in states]
            for each, state in zip(step.generators, states, strict=True):
                each.set_state(state)
        else:
            self.graph = graph
