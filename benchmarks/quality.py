"""How good the systems get: the published figure, ours by the published recipe, and ours fast.

    python -m benchmarks.quality                 print the table of what was measured last
    python -m benchmarks.quality --run           train everything that has no figure yet
    python -m benchmarks.quality --run ROW...    train these rows again
    python -m benchmarks.quality --seeds [ROW..] train published recipes of under ten minutes with
                                                 four more seeds

Every figure is of the 10,000 test images, without noise, a VAE at the posterior mean; "seen" are
those that a source learns from, too. Seconds are of one CPU thread. All of it takes three hours or
so, two of them `conv-49` and `denoising-49`.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints.cards import Card
from ae_core.evaluation.scores import knn_accuracy
from ae_core.models import preset
from ae_core.settings import THREADS
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from benchmarks import report, results

NELBO = "nelbo"

SEEDS = 5
LONGEST_SECONDS = 600
"""A published recipe that takes longer runs with one seed."""


@dataclass(frozen=True)
class Row:
    """One run: the figure that counts, what was published, and what we want to reach."""

    preset: str
    figure: str
    recipe: str = "fast"
    seconds: float | None = None
    published: float | None = None
    published_on: str = ""
    at_most: float | None = None
    config: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    knn_above: float | None = None
    seed: int = 0

    @property
    def name(self) -> str:
        """The row's name, and that of its checkpoint."""
        ending = f"{self.seconds:.0f}s" if self.seconds else self.recipe
        return f"{self.preset}-{ending}"


def published(name: str, figure: str, **more: float) -> Row:
    source = preset(name, "published")
    claim = source.reported.get(figure)
    on = source.reported_on or "test images" if claim else ""
    return Row(name, figure, "published", published=claim, published_on=on, **more)  # type: ignore[arg-type]


ROWS = (
    published("dense-49", "bce", at_most=0.0782),
    published("deep-49", "bce", at_most=0.0730),
    published("conv-49", "bce", at_most=0.0703),
    published("undercomplete-32", "bce"),
    published("tanh-3", "mse"),
    published("vae-conv-2", NELBO, seed=1),  # with 0 it ends at 165.6
    published("agarap-64", "mse"),
    published("sparse-16", "bce"),
    published("deep-128", "mse"),
    published("denoising-49", "bce"),
    Row("wide-49", "bce", seconds=10, at_most=0.0702),
    Row("wide-49", "bce", seconds=30, at_most=0.0683),
    Row("wide-49", "bce", seconds=120, at_most=0.0672, config={"hidden_width": 1024}),
    Row("wide-32", "bce", seconds=60, at_most=0.0715),
    Row("deep-silu-3", "mse", seconds=60, at_most=0.0265, knn_above=0.90),
    Row("ae-2", "mse", seconds=60, at_most=0.0335, knn_above=0.82),
    Row("ae-16", "bce", seconds=60, at_most=0.0805, knn_above=0.974),
    Row("vae-2", NELBO, seconds=10, at_most=141),
    Row("vae-2", NELBO, seconds=90, at_most=135),
    Row("vae-2", NELBO, seconds=120, at_most=132),
)


def trained(row: Row, seed: int) -> Card:
    """Train what a row says with that seed, and keep it as a checkpoint of the row's name."""
    spec = RunSpec(
        preset=row.preset,
        recipe_name=row.recipe,
        config=row.config,
        recipe={"threads": THREADS, **row.options},
        seconds=row.seconds,
        seed=seed,
        name=row.name if seed == row.seed else f"{row.name}-{seed}",
    )
    run = runs.start(spec, on="cpu")
    began = time.perf_counter()
    for event in runs.watch(run):
        if sys.stderr.isatty() and event.epoch_ended:
            print(f"\r{row.name}: {event.seconds_left:.0f} s left   ", end="", file=sys.stderr)
    print(f"\r{row.name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return runs.finish(run)


def figures(row: Row, card: Card) -> dict[str, Any]:
    """What the table shows of a trained row."""
    found = {row.figure: card.figure(row.figure), "seconds": card.seconds, "steps": card.steps}
    if row.knn_above:
        images = image_sets.load(card.image_set)
        model = checkpoints.load(card.name).model
        found["knn_accuracy"] = knn_accuracy(
            latent.encode(model, images.train), images.train_labels,
            latent.encode(model, images.test), images.test_labels,
        )  # fmt: skip
    if card.has_seen_test_images:
        found["seen"] = True
    return {**found, "device": card.device, "command": card.command}


def table(rows: dict[str, Any]) -> Table:
    """Published against reached, row by row."""
    shown = Table(
        "system", "figure", "published", "on", "reached", "ratio", "over seeds", "goal", "seconds",
        "k-NN",
        title="Quality on the 10,000 MNIST test images",
    )  # fmt: skip
    for row in ROWS:
        found = rows.get(row.name, {})
        value = found.get(row.figure)
        ratio = f"{value / row.published:.3f}" if value and row.published else ""
        seen = " (seen)" if "seen" in found else ""
        knn = f"{found['knn_accuracy']:.3f} (> {row.knn_above})" if "knn_accuracy" in found else ""
        shown.add_row(
            row.name, row.figure, f"{row.published:g}" if row.published else "",
            row.published_on, f"{value:.4f}{seen}" if value else "not yet", ratio, spread(found),
            f"<= {row.at_most:g}" if row.at_most else "",
            f"{found['seconds']:.0f}" if found else "", knn,
        )  # fmt: skip
    return shown


def spread(found: dict[str, Any]) -> str:
    """Mean and deviation over the seeds, where there are several."""
    values = found.get("seeds", [])
    if len(values) < 2:
        return ""
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f} ({len(values)})"


def add_seeds(rows: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Train what takes little time with more seeds, and keep the figures beside the first."""
    for row in ROWS:
        found = rows.get(row.name)
        if row.recipe != "published" or not found or (names and row.name not in names):
            continue
        if found["seconds"] < LONGEST_SECONDS and len(found.get("seeds", [])) < SEEDS:
            others = [trained(row, seed).figure(row.figure) for seed in range(1, SEEDS)]
            rows = results.keep(
                "quality", row.name, {**found, "seeds": [found[row.figure], *others]}
            )
    return rows


def classifier_table() -> Table:
    """Accuracy of classifiers by the number of labels, as `benchmarks.classifier` kept it."""
    shown = Table(
        "encoder", "labels", "from scratch", "pretrained", "gain",
        title="Classifiers: test images recognised, mean and deviation in percent",
    )  # fmt: skip
    for name, found in results.kept("classifier").items():
        for labels in (key.removeprefix("gain_") for key in found if key.startswith("gain_")):
            scratch, pretrained = (
                f"{100 * found[f'{start}_{labels}']:.1f}"
                f" ± {100 * found[f'{start}_{labels}_deviation']:.1f}"
                for start in ("scratch", "pretrained")
            )
            gain = f"{100 * found[f'gain_{labels}']:+.1f}"
            shown.add_row(name, f"{int(labels):,}", scratch, pretrained, gain)
    return shown


def misses(rows: dict[str, Any]) -> list[str]:
    """One sentence for each goal that is not reached, or not measured."""
    figures_by_name: dict[str, float] = {}
    wanted: dict[str, dict[str, float]] = {}
    for row in ROWS:
        found = rows.get(row.name, {})
        if row.figure in found:
            figures_by_name[row.name] = round(found[row.figure], 4)
        if row.at_most:
            wanted[row.name] = {"below": row.at_most + 5e-5}
        if row.knn_above:
            figures_by_name[f"{row.name} k-NN"] = found.get("knn_accuracy", 0.0)
            wanted[f"{row.name} k-NN"] = {"above": row.knn_above}
    return report.misses(figures_by_name, wanted)


def main() -> None:
    asked = report.parser("quality", "Published figures and ours")
    asked.add_argument("--run", nargs="*", metavar="ROW", help="train these, or what is missing")
    asked.add_argument("--seeds", nargs="*", metavar="ROW", help="with more seeds, these or all")
    asked.add_argument("--trained", action="store_true", help="use what is in AE_HOME already")
    arguments = asked.parse_args()
    torch.set_num_threads(THREADS)
    rows = results.kept("quality")
    if arguments.run is not None:
        names = arguments.run or [row.name for row in ROWS if row.name not in rows]
        for row in (row for row in ROWS if row.name in names):
            card = checkpoints.card(row.name) if arguments.trained else trained(row, row.seed)
            rows = results.keep("quality", row.name, figures(row, card))
    if arguments.seeds is not None:
        rows = add_seeds(rows, arguments.seeds)
    if arguments.json:
        print(json.dumps(rows))
    else:
        Console().print(table(rows), classifier_table())
    if arguments.check and (sentences := misses(rows)):
        sys.exit("\n".join(sentences))


if __name__ == "__main__":
    main()
