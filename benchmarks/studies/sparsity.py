"""What a sparse code costs: error against the share of its numbers near zero.

    python -m benchmarks.studies.sparsity           print what was measured last
    python -m benchmarks.studies.sparsity --run     train all of it again: about ten minutes

L1 of several weights on the published network of `sparse-16`, with its linear code and a rectified
one, and k-sparse codes of 16 and 64 numbers. Each learns from the first 50,000 training images for
15 epochs and is measured on the last 10,000, which it has not seen.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from ae_core import image_sets, latent
from ae_core.evaluation.scores import evaluate
from ae_core.latent.sparsity import sparsity
from ae_core.settings import THREADS
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from benchmarks import report, results

MEASURED = ("bce", "near_zero", "alive", "hoyer")
HELD_OUT = 10_000
EPOCHS = 15

ROWS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    **{f"L1 {weight:g}, linear code of 16": ("sparse-16", {"sparsity": weight}, {})
       for weight in (1e-5, 1e-4, 1e-3, 3e-3)},
    **{f"L1 {weight:g}, rectified code of 16": (
        "sparse-16", {"sparsity": weight, "code": "relu"},
        {"optimizer": "adam", "learning_rate": 2e-3})
       for weight in (0.0, 1e-4, 4e-4)},
    **{f"{kept} of 16 kept": ("k-sparse-16", {"kept": kept}, {}) for kept in (3, 4, 6, 8)},
    **{f"{kept} of 64 kept": ("k-sparse-64", {"kept": kept}, {}) for kept in (4, 8, 12, 16, 24)},
}  # fmt: skip


def measured(row: str) -> dict[str, Any]:
    """Train one row, and measure it on the images held out."""
    preset, config, recipe = ROWS[row]
    spec = RunSpec(
        preset, "mnist", config=config, recipe={"epochs": EPOCHS, "threads": THREADS, **recipe},
        hold_out=HELD_OUT,
    )  # fmt: skip
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    model, images = run.training.model.eval(), image_sets.load("mnist").train[-HELD_OUT:]
    return {"bce": evaluate(model, images)["bce"], **asdict(sparsity(latent.encode(model, images)))}


def main() -> None:
    asked = report.parser("sparsity", "Error against the share of numbers near zero")
    asked.add_argument("--run", nargs="*", metavar="ROW", help="train these again, or all")
    arguments = asked.parse_args()
    torch.set_num_threads(THREADS)
    for row in ROWS if arguments.run == [] else arguments.run or []:
        results.keep("sparsity", row, measured(row))
        print(row, results.kept("sparsity")[row], flush=True)
    kept = results.kept("sparsity")
    table = Table("code", "BCE", "near zero", "alive", "Hoyer")
    for row in ROWS:
        if found := kept.get(row):
            shares = [f"{found[name]:.1%}" for name in ("near_zero", "alive")]
            table.add_row(row, f"{found['bce']:.4f}", *shares, f"{found['hoyer']:.3f}")
    Console().print(table)
    figures = {f"{name}, {row}": kept[row][name] for row in kept for name in MEASURED}
    if arguments.check and (sentences := report.misses(figures, report.goals("sparsity"))):
        sys.exit("\n".join(sentences))


if __name__ == "__main__":
    main()
