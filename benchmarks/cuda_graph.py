"""1,000 training steps of the 49-D `fast` model on a GPU: our loop, and one CUDA graph of a step.

A step of this network is some dozens of kernels of microseconds, so a GPU waits for Python most of
the time. A graph starts them all at once (https://docs.pytorch.org/docs/stable/notes/cuda.html,
"CUDA graphs"). For that a step must not read a number back: the guard clips on the GPU, and broken
steps are not skipped. Both train with a constant rate, which a graph holds fast.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from ae_core import image_sets
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, preset
from ae_core.models.base import Batch
from ae_core.models.losses import gradient_only
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction
from ae_core.types import Pixels
from benchmarks import report

PRESET = "wide-49"
STEPS = 1000
WARM_UP_STEPS = 20
CAPTURE_WARM_UP_STEPS = 3
"""Before a capture, on the stream of the capture: libraries set themselves up there."""

ABOUT = "1,000 steps of the 49-D fast model"
NO_GPU = "There is no CUDA GPU here, or this build of torch cannot use it."


def warm_run(
    images: Pixels, device: torch.device, *, steps: int, warm_up_steps: int
) -> Training[Autoencoder]:
    """A run of the `fast` recipe at a constant rate, after a few steps."""
    chosen = preset(PRESET, "fast")
    channels, height, width = images.shape[1:]
    model = FAMILIES[FAMILY_OF[PRESET]].model(chosen.config, (channels, height, width)).to(device)
    recipe = replace(chosen.recipe, schedule="constant", threads=1)
    run = Training(reconstruction(model, images, recipe), steps=warm_up_steps).prepare()
    for _ in run:
        pass
    run.plan.correct(run.step - 1, run.steps + steps)
    return run


def free_step(run: Training[Autoencoder], chosen: Tensor) -> Callable[[], None]:
    """The step of `run` on the images whose numbers `chosen` holds, with no wait for the GPU.

    It goes on from the weights, optimiser and gradient length of `run`, which has done a step.
    """
    model, device = run.model.train(), run.device
    usual = torch.tensor(run.optimiser.clipping.usual_norm, device=device)
    for part in run.optimiser.parts:
        if isinstance(part, torch.optim.Adam):
            part.param_groups[0]["capturable"] = True

    def step() -> None:
        run.optimiser.zero_grad()
        clean = run.objective.images[chosen].float().div_(255)
        low = run.arithmetic.precision == "bfloat16"
        # A cast that autocast keeps from outside a graph would be missing in it.
        cast = torch.autocast(device.type, torch.bfloat16, enabled=low, cache_enabled=False)
        with gradient_only(), cast:
            parts = model.loss(Batch.of(clean))
        torch.stack(list(parts.values())).sum().backward()
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        norm = nn.utils.get_total_norm(gradients)
        share = (2 * usual / norm).clamp(max=1.0)
        torch._foreach_mul_(gradients, share)
        usual.lerp_(norm * share, 0.05)
        run.optimiser.step()

    return step


def captured(step: Callable[[], None]) -> torch.cuda.CUDAGraph:
    """What `step` does on the GPU, as one graph to replay."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(CAPTURE_WARM_UP_STEPS):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        step()
    return graph


def eager_seconds(run: Training[Autoencoder]) -> float:
    """Seconds of the rest of `run`, events and all."""
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in run:
        pass
    torch.cuda.synchronize()
    return time.perf_counter() - began


def graph_seconds(run: Training[Autoencoder]) -> float:
    """Seconds of as many steps as are left of `run`, each a replay; short batches are left out."""
    size = run.objective.recipe.batch_size
    chosen = torch.arange(size, device=run.device)
    graph = captured(free_step(run, chosen))
    batches = len(run.objective.images) // size
    torch.cuda.synchronize()
    began = time.perf_counter()
    for number in range(run.steps - run.step):
        if number % batches == 0:
            order = torch.randperm(len(run.objective.images), device=run.device)
        at = number % batches * size
        chosen.copy_(order[at : at + size])
        graph.replay()
    torch.cuda.synchronize()
    return time.perf_counter() - began


def measure(images: Pixels, device: torch.device) -> dict[str, float]:
    def run() -> Training[Autoencoder]:
        return warm_run(images, device, steps=STEPS, warm_up_steps=WARM_UP_STEPS)

    return {
        "fast_49_1000_steps_eager_s": eager_seconds(run()),
        "fast_49_1000_steps_cuda_graph_s": graph_seconds(run()),
    }


def main() -> None:
    arguments = report.parser("cuda_graph", ABOUT).parse_args()
    if not torch.cuda.is_available():
        sys.exit(NO_GPU)
    figures = measure(image_sets.load("mnist").train, torch.device("cuda"))
    report.conclude(arguments, figures, {}, f"{ABOUT}, on {torch.cuda.get_device_name()}")


if __name__ == "__main__":
    main()
