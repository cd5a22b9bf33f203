"""Everything that this program does on a GPU, once, in less than eight minutes.

    python -m benchmarks.gpu            a table, and a line of JSON
    python -m benchmarks.gpu --keep     the same, kept in benchmarks/results/gpu.json

A run of every family; 1,000 steps of the 49-D `fast` model as they are and replayed from a CUDA
graph; the published recipes, at the pace of some steps; a sweep of 64 models as one; and a run that
is given too little memory. Needs a GPU, PyTorch 2.11 or later, and no network: without MNIST the
built-in digits take its place. A part that fails is named, and the others go on.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import torch

from ae_core import image_sets
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder
from ae_core.training import runs
from ae_core.training.devices import gpu
from ae_core.training.loop import Training
from ae_core.training.on_the_way.plans import Plan
from ae_core.training.runs import RunSpec
from ae_core.training.sweeps import sweep as sweeps
from ae_core.training.sweeps.sweep import Axes
from ae_core.training.sweeps.together import Together
from benchmarks import report, results

ABOUT = "All of it on a GPU"

SECONDS = 420.0
"""From when on nothing more is begun."""

STEPS = 1000
FIRST_STEPS = 10
"""Of which what is loaded and captured in them is in no figure."""

SWEPT = 64
CROWDED_SHARE = 0.002
"""Of the GPU's memory, for the run that is to have too little."""

GOALS_OF = ("H100", "H200")


@dataclass
class Measured:
    """Figures by name, and why a part has none; parts are left out once the time is over."""

    device: torch.device
    images: ImageSet
    steps: int = STEPS
    figures: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)

    def part(self, name: str, work: Callable[[], None]) -> None:
        """Do a part; its failure leaves the others as they are."""
        if time.perf_counter() - self.began > SECONDS:
            self.failed[name] = "the time was over"
            return
        try:
            work()
        except (ArithmeticError, AssertionError, RuntimeError, ValueError) as failure:
            self.failed[name] = str(failure).partition("\n")[0]
        print(f"{time.perf_counter() - self.began:6.1f} s  {name}", file=sys.stderr, flush=True)

    def now(self) -> float:
        """Seconds, once the device has done all that it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def training(self, spec: RunSpec, *, steps: int) -> Training[Autoencoder]:
        """A run on the device, which has chosen its arithmetic."""
        model = runs.network(spec, self.images).to(self.device)
        objective = runs.objective(spec, self.images, model)
        return Training(objective, seed=spec.seed, steps=steps).prepare()

    def seconds(self, run: Training[Autoencoder], steps: int) -> float:
        """Seconds of so many steps, events and all, once they are as those to come."""
        with run.arithmetic.in_force():
            run.settle()
        run.plan = Plan((run.step + steps,))
        began = self.now()
        for _ in run:
            pass
        return self.now() - began


def families(measured: Measured) -> None:
    """A run of every family, by its first preset."""
    for name, family in FAMILIES.items():
        if not family.model.solved_at_once:
            measured.part(f"family {name}", partial(_family, measured, name))


def _family(measured: Measured, name: str) -> None:
    first, steps = next(iter(FAMILIES[name].presets)), measured.steps // 5
    run = measured.training(RunSpec(preset=first), steps=measured.steps)
    measured.figures[f"{name}_ms_a_step"] = 1000 * measured.seconds(run, steps) / steps
    measured.figures[f"{name}_as_graph"] = float(not run.eager_because)


def as_graph(measured: Measured) -> None:
    """The 49-D `fast` model, step by step and replayed."""
    figures = measured.figures
    for way in ("eager", "cuda_graph"):
        measured.part(f"49-D, {way}", partial(_steps, measured, way))
    if len(figures.keys() & {f"fast_49_1000_steps_{way}_s" for way in ("eager", "cuda_graph")}) > 1:
        figures["graph_times_as_fast"] = (
            figures["fast_49_1000_steps_eager_s"] / figures["fast_49_1000_steps_cuda_graph_s"]
        )


def _steps(measured: Measured, way: str) -> None:
    run = measured.training(RunSpec(preset="wide-49"), steps=2 * measured.steps)
    run.free = way != "eager"
    with run.arithmetic.in_force():
        while run.step < FIRST_STEPS and not run.free:
            run.advance()
    measured.figures[f"fast_49_1000_steps_{way}_s"] = measured.seconds(run, measured.steps)


def published(measured: Measured) -> None:
    """The published recipes: how long each takes in all, at the pace of some steps."""
    for name, of in FAMILY_OF.items():
        if "published" in FAMILIES[of].presets[name]:
            measured.part(f"published {name}", partial(_published, measured, name))


def _published(measured: Measured, name: str) -> None:
    steps = max(1, measured.steps // 4)
    run = measured.training(RunSpec(preset=name, recipe_name="published"), steps=measured.steps)
    a_step = measured.seconds(run, steps) / steps
    key = name.replace("-", "_")
    measured.figures[f"published_{key}_s"] = a_step * run.objective.usual_steps


def sweep(measured: Measured, count: int = SWEPT) -> None:
    """Models of as many seeds as one, against one after another."""
    measured.part("sweep", partial(_sweep, measured, count))


def _sweep(measured: Measured, count: int) -> None:
    steps = max(1, measured.steps // 5)
    specs = sweeps.specs(RunSpec(preset="wide-49"), Axes(seeds=tuple(range(count))))
    members = [measured.training(spec, steps=2 * steps + FIRST_STEPS) for spec in specs]
    for each in members:
        each.arithmetic = members[0].arithmetic
        each.objective.images = members[0].objective.images
    together = Together(members)
    while together.step < FIRST_STEPS:
        together.advance()
    began = measured.now()
    for _ in range(steps):
        together.advance()
    took = measured.now() - began
    alone = measured.seconds(measured.training(specs[0], steps=2 * steps), steps)
    measured.figures[f"sweep_{count}_models_s"] = took
    measured.figures[f"sweep_{count}_times_as_fast"] = count * alone / took


def out_of_memory(measured: Measured) -> None:
    """A run with too little memory says so, and goes on on the CPU; then all is as before."""
    measured.part("out of memory", partial(_out_of_memory, measured))


def _out_of_memory(measured: Measured) -> None:
    crowded = RunSpec(preset="residual-32", recipe={"batch_size": 8192})
    run = measured.training(crowded, steps=9)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(CROWDED_SHARE)
    try:
        run.advance()
    except RuntimeError as failure:
        measured.figures["out_of_memory_is_said"] = float(gpu.meaning(failure) is not None)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    few = Measured(torch.device("cpu"), measured.images)
    on_cpu = few.training(replace(crowded, recipe={"batch_size": 32}), steps=9)
    on_cpu.restore({name: each.cpu() for name, each in run.state().items()})
    on_cpu.advance()
    measured.figures["went_on_on_the_cpu"] = float(on_cpu.step == run.step + 1)


def measure(device: torch.device, images: ImageSet) -> Measured:
    """All parts, those first whose figures have goals."""
    measured = Measured(device, images)
    parts: tuple[Callable[[Measured], None], ...] = (
        as_graph, sweep, out_of_memory, families, published,
    )  # fmt: skip
    for part in parts:
        part(measured)
    return measured


def main() -> None:
    asked = report.parser("gpu", ABOUT)
    asked.add_argument("--keep", action="store_true", help="keep it in benchmarks/results/gpu.json")
    arguments = asked.parse_args()
    if not torch.cuda.is_available():
        sys.exit(f"{gpu.why_none()} This benchmark is of a GPU: run it where there is one.")
    name = torch.cuda.get_device_name()
    images = image_sets.load("mnist" if "mnist" in image_sets.available() else "digits")
    measured = measure(torch.device("cuda"), images)
    whole = {
        **measured.figures,
        "device": name,
        "image_set": images.name,
        "seconds": time.perf_counter() - measured.began,
        "failed": measured.failed,
    }
    if arguments.keep:
        results.keep("gpu", name, whole)
    wanted = report.goals("gpu") if any(each in name for each in GOALS_OF) else {}
    for part, reason in measured.failed.items():
        print(f"{part} failed: {reason}", file=sys.stderr)
    print(json.dumps(whole))
    if arguments.json:
        return
    report.conclude(arguments, measured.figures, wanted, f"{ABOUT}, {name}, {images.name}")


if __name__ == "__main__":
    main()
