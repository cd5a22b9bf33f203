"""A pretrained encoder against the same network from scratch, where labels are few.

Both get the same labelled images, the same head, recipe and number of steps, and other labelled
images each time; the figures are the accuracy on the test images, its mean and deviation, and the
mean gain of the pretrained one. `--hold-out 5000` measures on training images that are kept back,
to choose a recipe by. What was measured on the test images is kept, and shown by
`benchmarks.quality`.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

import torch

from ae_core import classifiers
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.settings import THREADS
from benchmarks import report, results

ENCODER = "mnist-deep-silu-49"
LABELS = (10, 100, 1_000, 60_000)
RUNS = 10

ABOUT = "A pretrained encoder against the same network from scratch"


@dataclass(frozen=True)
class Task:
    """A checkpoint's encoder and so many labelled images; the seed draws them."""

    encoder: str
    labels: int
    seed: int
    hold_out: int

    def reached(self, *, scratch: bool) -> float:
        """The accuracy of a classifier that learns it."""
        spec = ClassifierSpec(
            checkpoint=self.encoder,
            labels=self.labels,
            seed=self.seed,
            hold_out=self.hold_out,
            scratch=scratch,
            threads=THREADS,
        )
        run = classifier_runs.start(spec, on="cpu")
        for _ in run.training:
            pass
        images = run.images
        return classifiers.accuracy(run.training.model, images.test, images.test_labels)


def measure(
    encoder: str = ENCODER,
    *,
    labels: tuple[int, ...] = LABELS,
    runs: int = RUNS,
    hold_out: int = 0,
) -> dict[str, float]:
    """Accuracies and gains by the number of labelled images."""
    torch.set_num_threads(THREADS)
    figures: dict[str, float] = {}
    for count in labels:
        few = min(count, LABELS[-1] - hold_out)
        tasks = [Task(encoder, few, seed, hold_out) for seed in range(runs)]
        reached = {
            "scratch": [task.reached(scratch=True) for task in tasks],
            "pretrained": [task.reached(scratch=False) for task in tasks],
        }
        for start, values in reached.items():
            figures[f"{start}_{count}"] = statistics.fmean(values)
            figures[f"{start}_{count}_deviation"] = statistics.pstdev(values)
        pairs = zip(reached["pretrained"], reached["scratch"], strict=True)
        figures[f"gain_{count}"] = statistics.fmean(after - before for after, before in pairs)
    return figures


def main() -> None:
    parser = report.parser("classifier", ABOUT)
    parser.add_argument("--encoder", default=ENCODER, help=f"checkpoint ({ENCODER})")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of each ({RUNS})")
    parser.add_argument(
        "--labels", type=int, nargs="+", default=LABELS, help="numbers of labelled images"
    )
    parser.add_argument(
        "--hold-out", type=int, default=0, help="training images to measure on instead"
    )
    asked = parser.parse_args()
    figures = measure(
        asked.encoder, labels=tuple(asked.labels), runs=asked.runs, hold_out=asked.hold_out
    )
    if not asked.hold_out:
        results.keep("classifier", f"{asked.encoder}, {asked.runs} runs", figures)
    report.conclude(asked, figures, report.goals("classifier"), f"{ABOUT}: {asked.encoder}")


if __name__ == "__main__":
    main()
