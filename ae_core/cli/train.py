"""`train` and `classify`: an option for everything that spec, network and recipe declare."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from itertools import chain, count, filterfalse
from pathlib import Path
from typing import Any, TypeVar

import typer
from filelock import FileLock, Timeout

from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.cli.declared import add_command, argument, parameter, taken
from ae_core.cli.output import errors, report, show
from ae_core.errors import UserError
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.json_cards import check_name
from ae_core.texts import _
from ae_core.training import runs, stopped
from ae_core.training.base_run import BaseRun, watch
from ae_core.training.loop import DivergedError
from ae_core.training.runs import RunSpec
from ae_core.training.specs import Spec

train_app = typer.Typer(help="Train a model and keep it as a checkpoint.")

INTERRUPTED = 130
"""The exit code of what Ctrl-C has stopped, as in every shell."""

AnySpec = TypeVar("AnySpec", bound=Spec)
Run = TypeVar("Run", bound=BaseRun[Any, Any])
AnyCard = TypeVar("AnyCard", Card, ClassifierCard)


def train(preset: str, *, device: str, into: Path | None, **values: Any) -> None:
    """Train one model; what the generated commands call.

    Raises:
        UserError: anything of the run is not to be had.
    """
    spec = RunSpec(
        preset=preset,
        config=taken(FAMILIES[FAMILY_OF[preset]].config.declared(), values),
        recipe=taken(Recipe.declared(), values),
        **taken(OF_A_RUN, values),
    )
    run = runs.start(named(spec, into, **values), on=device, root=into)
    card = carried_out(run, runs.finish, into=into, **values)
    scores = ", ".join(f"{figure} {value:.4f}" for figure, value in card.metrics.items())
    done = f"{card.steps:,} steps and {card.seconds:.1f} s: {scores}"
    said(run, {"checkpoint": asdict(card)}, done, as_json=values["as_json"])


def classify(*, device: str, into: Path | None, **values: Any) -> None:
    """Train one classifier; what the generated command calls.

    Raises:
        UserError: anything of the run is not to be had.
    """
    spec = ClassifierSpec(**taken(ClassifierSpec.declared(), values))
    run = classifier_runs.start(named(spec, into, **values), on=device, root=into)
    card = carried_out(run, classifier_runs.finish, into=into, **values)
    done = (
        f"{card.steps:,} steps on {card.labels:,} labelled images and {card.seconds:.1f} s:"
        f" {card.metrics['accuracy']:.2%} of {len(run.images.test):,} images recognised"
    )
    said(run, {"classifier": asdict(card)}, done, as_json=values["as_json"])


def named(spec: AnySpec, into: Path | None, *, resume: bool, replace: bool, **__: Any) -> AnySpec:
    """The spec under a name that overwrites nothing which was not named with `--replace`.

    Without a name of its own it takes the next free one: mnist-dense-49-2.

    Raises:
        UserError: the name is none, taken, or one that only the app gives, or what has it ships.
    """
    folder = into or settings().checkpoint_roots[0]
    sync.refresh(folder)

    def ships(name: str) -> bool:
        return into is None and (settings().library / name).is_dir()

    def is_taken(name: str) -> bool:
        return ships(name) or (folder / name).is_dir()

    name = spec.kept_name
    check_name(name)
    if into is None and ownership.is_private(name):
        raise UserError(
            _(
                "Names with {start!r} in front are for what people make in the app, and would be"
                " shown to nobody. Choose another name with --name.",
                start=ownership.PREFIX,
            )
        )
    if not spec.name and resume:
        for stopped_name, command in stopped.commands().items():
            same = dataclasses.replace(spec, name=stopped_name if stopped_name != name else "")
            if same.command() == command:
                return same
        return spec
    if not spec.name and not replace:
        numbered = chain([name], (f"{name}-{number}" for number in count(2)))
        free = next(filterfalse(is_taken, numbered))
        return dataclasses.replace(spec, name=free) if free != name else spec
    if ships(name):
        raise UserError(
            _("{name} ships with the app, and stays. Choose another name with --name.", name=name)
        )
    if not (resume or replace):
        refuse_taken(name, folder)
    return spec


def refuse_taken(name: str, folder: Path) -> None:
    """Refuse a name under which something is kept in a folder.

    Raises:
        UserError: it is there.
    """
    if (folder / name).is_dir():
        raise UserError(
            _(
                "{name} is there already. Choose another name with --name, or replace it with"
                " --replace.",
                name=name,
            )
        )


@contextmanager
def holding(name: str) -> Iterator[None]:
    """Keep other commands of this `AE_HOME` from training under the same name meanwhile.

    Raises:
        UserError: one is under way.
    """
    lock = FileLock(settings().home / "runs" / f"{name}.lock")
    with ExitStack() as held:
        try:
            Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(lock.acquire(timeout=0))
        except Timeout:
            raise UserError(
                _(
                    "{name} is being trained by another command. Wait until that is done, or choose"
                    " another name with --name.",
                    name=name,
                )
            ) from None
        except OSError:
            pass  # What cannot be written says so itself, once the model is to be kept.
        yield


def carried_out(
    run: Run,
    finish: Callable[[Run], AnyCard],
    *,
    into: Path | None,
    resume: bool,
    replace: bool,
    as_json: bool,
    **_: Any,
) -> AnyCard:
    """Train to the end or to Ctrl-C, and keep what was learned.

    Raises:
        UserError: there is nothing to resume, another command trains under the name or has just
            done so, the loss diverged, or the disk does not take it.
    """
    name = run.spec.kept_name
    if resume:
        stopped.resume(run)
    with holding(name):
        if not (resume or replace):
            refuse_taken(name, into or settings().checkpoint_roots[0])
        return _carried_out(run, finish, as_json=as_json)


def _carried_out(run: Run, finish: Callable[[Run], AnyCard], *, as_json: bool) -> AnyCard:
    try:
        whole = show(watch(run), run.training, name=run.spec.kept_name, as_json=as_json)
    except DivergedError as failure:
        if failure.step == 0:
            raise
        raise UserError(
            _("{reason} It is kept as {name}.", reason=failure.text, name=finish(run).name)
        ) from failure
    finally:
        if not as_json:
            for note in run.notes:
                errors.print(note, style="yellow")
    if not whole:
        stopped.keep(run)
    card = finish(run)
    if whole:
        stopped.discard(run.spec)
    return card


def said(run: BaseRun[Any, Any], cards: dict[str, Any], done: str, *, as_json: bool) -> None:
    """Report what was kept of a run."""
    whole = run.training.step == run.training.steps
    ending = "" if whole else " It was stopped; the same command with --resume goes on."
    report(
        as_json,
        {**cards, "whole": whole, "notes": run.notes},
        f"Kept {run.spec.kept_name} after {done}.{ending}",
    )
    if not whole:
        raise typer.Exit(INTERRUPTED)


OF_A_RUN = [each for each in RunSpec.declared() if each.name not in ("preset", "config", "recipe")]
"""What a `train` command asks besides its name and what differs from the preset."""


def add_to(app: typer.Typer) -> None:
    """Add `train`, with a command for each preset, and `classify`."""
    app.add_typer(train_app, name="train")
    checkpoint = ClassifierSpec.declaration("checkpoint")
    rest = [parameter(each) for each in ClassifierSpec.declared() if each != checkpoint]
    about = "Train a classifier on the encoder of a checkpoint."
    add_command(app, "classify", about, [argument(checkpoint), *rest], classify)


def _add_train_command(preset: str) -> None:
    family = FAMILIES[FAMILY_OF[preset]]
    recipes = " or ".join(family.presets[preset])
    asked = [
        dataclasses.replace(each, help=f"{each.help}: {recipes}")
        if each.name == "recipe_name"
        else each
        for each in OF_A_RUN
    ]
    overrides = [*family.config.declared(), *Recipe.declared()]
    add_command(
        train_app,
        preset,
        f"{family.title}: {family.summary}",
        [*map(parameter, asked), *(parameter(each, is_override=True) for each in overrides)],
        partial(train, preset),
    )


for _preset in FAMILY_OF:
    _add_train_command(_preset)
