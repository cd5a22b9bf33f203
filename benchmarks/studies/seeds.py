"""Twenty seeds of the five main rows: does any run end in NaN, or collapse?

    python -m benchmarks.studies.seeds           print what was measured last
    python -m benchmarks.studies.seeds --run     train all of it again: about twenty minutes

A run has collapsed when its figure is more than a tenth above the median of its row's. Each trains
for two epochs and is measured on the last 5,000 training images, which it has not seen.
"""

from __future__ import annotations

import json
import math
import statistics
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from ae_core import image_sets
from ae_core.errors import UserError
from ae_core.evaluation.scores import evaluate
from ae_core.models import FAMILIES, FAMILY_OF, preset
from ae_core.settings import THREADS
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction
from benchmarks import report, results
from benchmarks.studies.tune import HELD_OUT

PRESETS = ("wide-49", "wide-32", "deep-silu-3", "ae-2", "vae-2")
SEEDS = 20
EPOCHS = 2


def measured(name: str, seed: int) -> tuple[float, int]:
    """The held-out loss of one run, NaN if it broke off, and how many steps were skipped."""
    images = image_sets.load("mnist")
    chosen = preset(name)
    train = images.train[:-HELD_OUT]
    model = FAMILIES[FAMILY_OF[name]].model(chosen.config, images.image_shape)
    steps = EPOCHS * len(train) // chosen.recipe.batch_size
    run = Training(reconstruction(model, train, chosen.recipe), seed=seed, steps=steps).prepare()
    try:
        for _ in run:
            pass
    except UserError:
        return math.nan, run.skipped_steps
    scores = evaluate(model, images.train[-HELD_OUT:])
    if model.variational:
        return scores["loss_bce"] + scores["loss_kl"], run.skipped_steps
    return scores[model.config.loss], run.skipped_steps


def summary(values: list[float], skipped: int) -> dict[str, Any]:
    """How the figures of one row scatter."""
    whole = [value for value in values if math.isfinite(value)]
    median = statistics.median(whole)
    return {
        "least": min(whole),
        "median": median,
        "most": max(whole),
        "runs": len(values),
        "not_a_number": len(values) - len(whole),
        "collapsed": sum(value > 1.1 * median for value in whole),
        "skipped_steps": skipped,
    }


def main() -> None:
    asked = report.parser("seeds", "Twenty seeds of the main rows")
    asked.add_argument("--run", nargs="*", metavar="MODEL", help="train these again, or all")
    arguments = asked.parse_args()
    torch.set_num_threads(THREADS)
    rows = results.kept("seeds")
    if arguments.run is not None:
        for name in arguments.run or PRESETS:
            found = [measured(name, seed) for seed in range(SEEDS)]
            figures = summary([value for value, _ in found], sum(skipped for _, skipped in found))
            print(name, figures, flush=True)
            rows = results.keep("seeds", name, figures)
    if arguments.json:
        print(json.dumps(rows))
    else:
        shown = ("least", "median", "most", "runs", "not_a_number", "collapsed", "skipped_steps")
        table = Table("model", *shown, title=f"{SEEDS} seeds, {EPOCHS} epochs each")
        for name, figures in rows.items():
            table.add_row(name, *(f"{figures[each]:.4g}" for each in shown))
        Console().print(table)
    broken = [n for n, f in rows.items() if f["not_a_number"] or f["collapsed"]]
    if arguments.check and (broken or len(rows) < len(PRESETS)):
        raise SystemExit(f"Broken or collapsed: {', '.join(broken) or 'not all measured'}.")


if __name__ == "__main__":
    main()
