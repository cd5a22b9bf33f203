"""How many times as fast as the plain loop of tutorials we train the same published networks.

The plain loop (`baselines/plain.py`), ours in the arithmetic that its probe finds, and ours in
float32, which any processor has, take turns in one process on one CPU thread. A turn lasts a second
and some steps at least; what is compared is the median over the turns. What a loop does beside
arithmetic is in its time: loading and reading the loss there, indexing and events here.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal

import torch

from ae_core import image_sets
from ae_core.errors import UserError
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, preset
from ae_core.settings import THREADS
from ae_core.training.arithmetic import low_precision
from ae_core.training.devices import gpu
from ae_core.training.loop import MAX_STEPS, Training
from ae_core.training.objectives import reconstruction
from ae_core.types import Pixels
from benchmarks import report
from benchmarks.baselines import plain

TURNS = 5
TURN_SECONDS = 1.0
TURN_STEPS = 6
WARM_UP_STEPS = 3

ABOUT = "Training, against the plain loop of tutorials"


def use_one_thread() -> None:
    torch.set_num_threads(THREADS)


@dataclass
class Contender:
    """A loop that goes on from turn to turn; `steps` gives how many it has done.

    It runs in a thread of its own, since torch keeps some settings by thread, such as whether the
    smallest numbers are flushed to zero: what one loop sets is not to help another.
    """

    steps: Iterator[int]
    device: torch.device
    done: int = 0
    thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, initializer=use_one_thread)
    )

    def turn(self, *, seconds: float, least_steps: int) -> float:
        """Seconds a step, over at least so many seconds and steps.

        On a CPU these are seconds of computing, so that others who keep the machine busy do not
        count.
        """
        return self.thread.submit(self._turn, seconds, least_steps).result()

    def _turn(self, seconds: float, least_steps: int) -> float:
        before, began = self.done, self._now()
        while True:
            self.done = next(self.steps)
            took = self._now() - began
            if took >= seconds and self.done - before >= least_steps:
                return took / (self.done - before)

    def _now(self) -> float:
        if self.device.type == "cpu":
            return time.process_time()
        torch.cuda.synchronize(self.device)
        return time.perf_counter()


def our_loop(
    name: str, images: Pixels, *, precision: Literal["auto", "float32"], device: torch.device
) -> Training[Autoencoder]:
    """A run of the published network by its published recipe, that does not end."""
    chosen = preset(name, "published")
    channels, height, width = images.shape[1:]
    model = FAMILIES[FAMILY_OF[name]].model(chosen.config, (channels, height, width)).to(device)
    recipe = replace(chosen.recipe, precision=precision, threads=THREADS)
    return Training(reconstruction(model, images, recipe), steps=MAX_STEPS).prepare()


def speeds(
    name: str,
    images: Pixels,
    data: plain.Labelled,
    *,
    device: torch.device,
    turns: int = TURNS,
    seconds: float = TURN_SECONDS,
    least_steps: int = TURN_STEPS,
) -> dict[str, float]:
    """Seconds an epoch of each loop, images a second, and how many times as fast ours are.

    Args:
        images: what our loop learns from.
        data: the same images as the plain loop loads them.
    """
    recipe = preset(name, "published").recipe
    plain_loop = plain.train(
        name,
        data,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        device=device,
    )
    auto = our_loop(name, images, precision="auto", device=device)
    float32 = our_loop(name, images, precision="float32", device=device)
    print(f"{name}: {auto.arithmetic}; {float32.arithmetic}", file=sys.stderr)
    contenders = {
        "plain": Contender((step for step, _ in enumerate(plain_loop, start=1)), device),
        "ours": Contender((event.step for event in auto), device),
        "ours_float32": Contender((event.step for event in float32), device),
    }
    for contender in contenders.values():
        contender.turn(seconds=0, least_steps=WARM_UP_STEPS)
    times: dict[str, list[float]] = {loop: [] for loop in contenders}
    for _ in range(turns):
        for loop, contender in contenders.items():
            times[loop].append(contender.turn(seconds=seconds, least_steps=least_steps))
    epoch = {loop: statistics.median(each) * auto.steps_per_epoch for loop, each in times.items()}
    key = name.replace("-", "_")
    return {
        f"{key}_times_as_fast": epoch["plain"] / epoch["ours"],
        f"{key}_times_as_fast_float32": epoch["plain"] / epoch["ours_float32"],
        **{f"{key}_{loop}_epoch_s": seconds for loop, seconds in epoch.items()},
        **{f"{key}_{loop}_images_per_s": len(images) / epoch[loop] for loop in epoch},
    }


def measure(names: list[str], *, turns: int, device: torch.device) -> dict[str, float]:
    use_one_thread()
    torch.manual_seed(0)
    images, data = image_sets.load("mnist").train, plain.mnist()
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if busy > 1:
        print(
            f"About {busy:.0f} processes keep this machine busy. They slow our short steps, which"
            " live in the processor's cache, more than the plain loop: measure again in peace.",
            file=sys.stderr,
        )
    figures: dict[str, float] = {}
    for name in names:
        figures |= speeds(name, images, data, device=device, turns=turns)
    return figures


def goals(names: list[str], device: torch.device) -> dict[str, dict[str, float]]:
    """The goals that hold here: they are for one CPU thread, most where bfloat16 is native."""
    if device.type != "cpu":
        return {}
    wanted = report.goals("train")
    if low_precision(device):
        wanted |= report.goals("train_where_bfloat16_is_native")
    keys = tuple(f"{name.replace('-', '_')}_times" for name in names)
    return {figure: goal for figure, goal in wanted.items() if figure.startswith(keys)}


def main() -> None:
    asked = report.parser("train", ABOUT)
    asked.add_argument("--only", choices=plain.PLAIN, help="measure this network alone")
    asked.add_argument("--turns", type=int, default=TURNS, help="turns of each loop (default 5)")
    asked.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    arguments = asked.parse_args()
    if arguments.turns < 1:
        asked.error("--turns must be 1 or more")
    if arguments.device == "cuda" and not torch.cuda.is_available():
        asked.error(gpu.why_none())
    device = torch.device(arguments.device)
    names = [arguments.only] if arguments.only else list(plain.PLAIN)
    where = torch.cuda.get_device_name() if device.type == "cuda" else "one CPU thread"
    try:
        figures = measure(names, turns=arguments.turns, device=device)
    except UserError as error:
        sys.exit(str(error))
    report.conclude(arguments, figures, goals(names, device), f"{ABOUT}, on {where}")


if __name__ == "__main__":
    main()
