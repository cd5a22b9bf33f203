"""How the rates of the fast recipes were chosen: one change at a time, on images held out.

    python -m benchmarks.studies.tune            print what was measured last
    python -m benchmarks.studies.tune --run      train all of it again: about ten minutes

Each variant trains on the first 55,000 training images for the same number of steps and is measured
on the last 5,000. Test images are not looked at.
"""

from __future__ import annotations

import json
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from ae_core import image_sets
from ae_core.evaluation.scores import evaluate
from ae_core.models import FAMILIES, FAMILY_OF, preset
from ae_core.recipes import Recipe
from ae_core.settings import THREADS
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction
from benchmarks import report, results

HELD_OUT = 5_000


def muon(learning_rate: float, muon_learning_rate: float) -> dict[str, Any]:
    return {"learning_rate": learning_rate, "muon_learning_rate": muon_learning_rate}


def adam(learning_rate: float, **more: Any) -> dict[str, Any]:
    return {"optimizer": "adam", "learning_rate": learning_rate, **more}


RATES = (
    muon(10e-3, 0.04), muon(5e-3, 0.04), muon(20e-3, 0.04), muon(10e-3, 0.02), muon(10e-3, 0.08),
    adam(4e-3),
)  # fmt: skip
SMALL_RATES = (muon(8e-3, 0.02), muon(4e-3, 0.01), adam(4e-3), adam(2e-3))
VARIATIONAL_RATES = (
    adam(4e-3, batch_size=128), adam(2e-3, batch_size=128), adam(8e-3, batch_size=128),
    adam(4e-3), adam(8e-3), adam(16e-3),
    {"batch_size": 128, "optimizer": "muon", **muon(4e-3, 0.04)},
)  # fmt: skip

VARIANTS: dict[str, tuple[int, tuple[dict[str, Any], ...]]] = {
    "wide-49": (1_500, RATES),
    "ae-2": (4_700, SMALL_RATES),
    "vae-2": (1_500, VARIATIONAL_RATES),
}
"""Of each preset: the steps of a run, and what is changed in its fast recipe."""


def measured(name: str, steps: int, changes: dict[str, Any]) -> dict[str, float]:
    """The training loss on the images held out."""
    images = image_sets.load("mnist")
    chosen = preset(name)
    recipe = Recipe.from_dict({**chosen.recipe.to_dict(), "threads": THREADS, **changes})
    model = FAMILIES[FAMILY_OF[name]].model(chosen.config, images.image_shape)
    objective = reconstruction(model, images.train[:-HELD_OUT], recipe)
    run = Training(objective, steps=steps).prepare()
    for _ in run:
        pass
    scores = evaluate(model, images.train[-HELD_OUT:])
    if model.variational:
        return {"nelbo": scores["loss_bce"] + scores["loss_kl"], "seconds": run.seconds}
    return {model.config.loss: scores[model.config.loss], "seconds": run.seconds}


def main() -> None:
    asked = report.parser("tune", "Rates on held-out images")
    asked.add_argument("--run", nargs="*", metavar="MODEL", help="train these again, or all")
    arguments = asked.parse_args()
    torch.set_num_threads(THREADS)
    rows = results.kept("tuning")
    if arguments.run is not None:
        for name in arguments.run or VARIANTS:
            steps, variants = VARIANTS[name]
            for changes in variants:
                words = ", ".join(f"{option} {value}" for option, value in changes.items())
                figures = measured(name, steps, changes)
                rows = results.keep("tuning", f"{name}, {steps:,} steps: {words}", figures)
    if arguments.json:
        print(json.dumps(rows))
        return
    table = Table("variant", "figure", "seconds", title=f"On {HELD_OUT:,} held-out images")
    for name, figures in rows.items():
        (figure, value), (_, seconds), *_ = figures.items()
        table.add_row(name, f"{figure} {value:.5g}", f"{seconds:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
