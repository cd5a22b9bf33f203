"""Nine code sizes trained as one, against one after another, on one CPU thread.

Both train the same networks of the ladder of code sizes on the built-in digits, by turns, in the
arithmetic that a probe finds fastest; what is compared is the median over the turns, in seconds of
computing.

As one they are hardly faster here: half of the time goes to products of matrices, which are the
same either way, and the weights of nine models leave the cache that those of one stay in. What is
saved is Python's share, which is small with batches of 256. A GPU waits for Python, and gains by it
(`benchmarks.gpu`); on a CPU a sweep is worth it for being watched as a whole.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import torch

from ae_core import image_sets
from ae_core.image_sets import ImageSet
from ae_core.models import Autoencoder
from ae_core.settings import THREADS
from ae_core.training import runs
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import Training
from ae_core.training.runs import RunSpec
from ae_core.training.sweeps import sweep as sweeps
from ae_core.training.sweeps.sweep import Axes
from ae_core.training.sweeps.together import Together
from benchmarks import report

ABOUT = "A sweep of nine code sizes as one, against one after another"
CODE_SIZES = (1, 2, 3, 4, 8, 16, 32, 49, 64)
STEPS = 30
TURNS = 5


def started(
    spec: RunSpec, images: ImageSet, arithmetic: Arithmetic | None, steps: int
) -> Training[Autoencoder]:
    objective = runs.objective(spec, images, runs.network(spec, images))
    return Training(objective, seed=spec.seed, steps=steps).prepare(arithmetic=arithmetic)


def speeds(
    images: ImageSet, *, turns: int = TURNS, steps: int = STEPS, sizes: Sequence[int] = CODE_SIZES
) -> dict[str, float]:
    """Seconds of computing of both ways, and how many times as fast one of them is."""
    base = RunSpec(preset="ae-2", config={"widths": (256, 128, 128), "loss": "bce"})
    specs = sweeps.specs(base, Axes(code_sizes=tuple(sizes)))
    arithmetic = started(specs[0], images, None, steps).arithmetic
    alone, together = [], []
    for _ in range(turns):
        members = [started(spec, images, arithmetic, steps) for spec in specs]
        began = time.process_time()
        for run in members:
            for _event in run:
                pass
        alone.append(time.process_time() - began)
        both = Together([started(spec, images, arithmetic, steps) for spec in specs])
        began = time.process_time()
        for _events in both:
            pass
        together.append(time.process_time() - began)
    one_by_one, as_one = statistics.median(alone), statistics.median(together)
    return {
        "nine_code_sizes_one_by_one_s": one_by_one,
        "nine_code_sizes_as_one_s": as_one,
        "nine_code_sizes_times_as_fast": one_by_one / as_one,
    }


def measure() -> dict[str, float]:
    torch.set_num_threads(THREADS)
    return speeds(image_sets.load("digits"))


if __name__ == "__main__":
    report.main("sweep", measure, ABOUT)
