"""`sweep`: many models of one family from one command, trained as one."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from ae_core.checkpoints.cards import Card
from ae_core.cli.declared import HOW, add_command, parameter, taken
from ae_core.cli.output import errors, out, print_json, progress
from ae_core.cli.train import OF_A_RUN, holding, named
from ae_core.errors import UserError
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.recipes import Recipe
from ae_core.texts import _
from ae_core.training.runs import Run, RunSpec
from ae_core.training.sweeps import sweep as sweeps
from ae_core.training.sweeps.sweep import Axes

sweep_app = typer.Typer(help="Train 2 to 64 models of one family as one: code sizes, seeds, …")

NOT_ASKED = ("seconds", "start_from", "plan", "changes")


def sweep(preset: str, *, device: str, into: Path | None, **values: Any) -> None:
    """Train the models of a sweep; what the generated commands call.

    Raises:
        UserError: anything of it is not to be had, or it was stopped.
    """
    axes = Axes(**taken(Axes.declared(), values))
    asked = RunSpec(
        preset=preset,
        config=taken(FAMILIES[FAMILY_OF[preset]].config.declared(), values),
        recipe=taken(Recipe.declared(), values),
        **taken(OF_A_SWEEP, values),
    )
    specs = [
        named(spec, into, resume=False, replace=values["replace"])
        for spec in sweeps.specs(asked, axes)
    ]
    with ExitStack() as held:
        for spec in specs:
            held.enter_context(holding(spec.kept_name))
        runs = sweeps.start(specs, on=device, root=into)
        try:
            trained(runs, hidden=values["as_json"])
            cards = kept(runs)
        except KeyboardInterrupt as failure:
            raise UserError(_("Stopped before the end: nothing more is kept.")) from failure
    if values["as_json"]:
        print_json({"checkpoints": [asdict(card) for card in cards]})
        return
    figures = list(cards[0].metrics)
    table = Table("checkpoint", *figures)
    for card in cards:
        table.add_row(card.name, *(f"{card.metrics[figure]:.4f}" for figure in figures))
    out.print(table)


def trained(runs: list[Run], *, hidden: bool) -> None:
    """Train them, and show how far that is."""
    with progress("{task.completed:,} of {task.total:,} steps", hidden=hidden) as bar:
        steps = sum(run.training.steps for run in runs)
        task = bar.add_task(f"{len(runs)} models", total=steps)
        for told in sweeps.train(runs):
            bar.update(task, completed=told.step)


def kept(runs: list[Run]) -> list[Card]:
    """Keep each of them, and say which could not be kept.

    Raises:
        UserError: none could be.
    """
    cards: list[Card] = []
    failures: list[UserError] = []
    for run in runs:
        try:
            cards.append(sweeps.finish(run))
        except UserError as failure:
            failures.append(failure)
            errors.print(f"{run.spec.kept_name}: {failure}", style="yellow")
    if not cards:
        raise failures[0]
    return cards


OF_A_SWEEP = [each for each in OF_A_RUN if each.name not in NOT_ASKED]


def add_to(app: typer.Typer) -> None:
    """Add `sweep`, with a command for each preset."""
    app.add_typer(sweep_app, name="sweep")


def _add_sweep_command(preset: str) -> None:
    family = FAMILIES[FAMILY_OF[preset]]
    overrides = [*family.config.declared(), *Recipe.declared()]
    add_command(
        sweep_app,
        preset,
        f"{family.title}: {family.summary}",
        [
            *(parameter(each, is_override=True) for each in Axes.declared()),
            *map(parameter, OF_A_SWEEP),
            *(parameter(each, is_override=True) for each in overrides),
        ],
        partial(sweep, preset),
        {name: asked for name, asked in HOW.items() if name != "resume"},
    )


for _preset, _family in FAMILY_OF.items():
    if not FAMILIES[_family].model.solved_at_once:
        _add_sweep_command(_preset)
