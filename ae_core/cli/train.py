"""`train`: one command a model, with an option for everything that its family declares."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ae_core import noise
from ae_core.accounts import ownership
from ae_core.cli.output import Json, errors, report, watch
from ae_core.errors import UserError
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.training import runs
from ae_core.training.loop import MAX_SEED, DivergedError
from ae_core.training.runs import RunSpec

train_app = typer.Typer(help="Train a model and keep it as a checkpoint.")


def train(
    preset: str,
    *,
    image_set: str,
    recipe: str,
    noise: str,
    start_from: str,
    hold_out: int,
    only_classes: str,
    seed: int,
    seconds: float | None,
    steps: int | None,
    device: str,
    name: str,
    title: str,
    keep_codes: bool,
    into: Path | None,
    resume: bool,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Train one model; what the generated commands call.

    Raises:
        UserError: the name is one that only the app gives, or anything of the run is not to be had.
    """
    if ownership.is_private(name):
        raise UserError(
            f"Names with {ownership.PREFIX!r} in front are for what people make in the app, and"
            " would be shown to nobody. Choose another name."
        )
    given = {key: value for key, value in overrides.items() if value is not None}
    of_recipe = {option.name for option in Recipe.declared()}
    spec = RunSpec(
        preset=preset,
        image_set=image_set,
        recipe_name=recipe,
        config={k: v for k, v in given.items() if k not in of_recipe},
        recipe={k: v for k, v in given.items() if k in of_recipe},
        noise=noise_from(noise),
        start_from=start_from,
        hold_out=hold_out,
        only_classes=tuple(filter(None, only_classes.split(","))),
        seed=seed,
        seconds=seconds,
        steps=steps,
        name=name,
        title=title,
        keep_codes=keep_codes,
    )
    run = runs.start(spec, on=device, root=into)
    if resume:
        runs.resume(run)
    try:
        whole = watch(runs.watch(run), run.training, name=spec.preset, as_json=as_json)
    except DivergedError as failure:
        if failure.step == 0:
            raise
        kept = runs.finish(run).name
        raise UserError(f"{failure} It is kept as {kept}.") from failure
    finally:
        if not as_json:
            for note in run.notes:
                errors.print(note, style="yellow")
    if not whole:
        runs.set_aside(run)
    card = runs.finish(run)
    if whole:
        runs.discard_stopped(spec)
    scores = ", ".join(f"{figure} {value:.4f}" for figure, value in card.metrics.items())
    ending = "" if whole else " It was stopped; the same command with --resume goes on."
    report(
        as_json,
        {"checkpoint": asdict(card), "whole": whole, "notes": run.notes},
        f"Kept {card.name} after {card.steps:,} steps and {card.seconds:.1f} s: {scores}.{ending}",
    )


def noise_from(text: str) -> noise.Noise | None:
    """Noise from words such as "gaussian:mean=0.5,std=0.5"; none from no words."""
    if not text:
        return None
    kind, _, options = text.partition(":")
    values = {}
    for part in filter(None, options.split(",")):
        key, _, value = part.partition("=")
        values[key.strip()] = _number(value, part)
    return noise.make(kind, **values)


def _add_train_command(preset: str) -> None:
    """Make `train PRESET` with an option for everything that its family and recipe declare."""
    family = FAMILIES[FAMILY_OF[preset]]
    recipes = " or ".join(family.presets[preset])
    text = typer.Option
    fixed: list[tuple[str, Any, Any]] = [
        ("image_set", Annotated[str, text("--set", help="Image set to train on.")], "mnist"),
        ("recipe", Annotated[str, text(help=f"How to train: {recipes}.")], "fast"),
        ("noise", Annotated[str, text(help="Noise to learn to remove: KIND:name=value,...")], ""),
        ("start_from", Annotated[str, text(help="Checkpoint whose training to go on with.")], ""),
        (
            "hold_out",
            Annotated[
                int, text(min=0, help="Keep the last so many training images back to measure on.")
            ],
            0,
        ),
        ("only_classes", Annotated[str, text(help="Train on these alone: 3,8.")], ""),
        (
            "seed",
            Annotated[int, text(min=0, max=MAX_SEED, help="Same seed, same result, on a CPU.")],
            0,
        ),
        ("seconds", Annotated[float | None, text(min=0.1, help="Train for about so long.")], None),
        ("steps", Annotated[int | None, text(min=1, help="Train for so many steps.")], None),
        ("device", Annotated[str, text(help="auto, cpu or cuda.")], "auto"),
        ("name", Annotated[str, text(help="Name to keep it under.")], ""),
        ("title", Annotated[str, text(help="Title in the app.")], ""),
        ("keep_codes", Annotated[bool, text("--keep-codes", help="Keep the test codes.")], False),
        ("into", Annotated[Path | None, text(help="Folder to keep it in.")], None),
        ("resume", Annotated[bool, text("--resume", help="Go on with a stopped run.")], False),
        ("as_json", Json, False),
    ]
    declared = [*family.config.declared(), *Recipe.declared()]
    command: Callable[..., None] = lambda **values: train(preset, **_parsed(declared, values))  # noqa: E731
    parameters = fixed + [(option.name, _annotation(option), None) for option in declared]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=hint)
            for name, hint, value in parameters
        ]
    )
    command.__annotations__ = {name: hint for name, hint, _ in parameters}
    train_app.command(name=preset, help=f"{family.title}: {family.summary}")(command)


def _annotation(option: Option) -> Any:
    """A command line option from a declared one; no value means the preset's."""
    kind = str if option.kind is tuple or option.choices else option.kind
    choices = f": {', '.join(option.choices)}" if option.choices else ""
    low, high = (option.low, option.high) if kind in (int, float) else (None, None)
    flag = option.name.replace("_", "-")
    flags = f"--{flag}/--no-{flag}" if kind is bool else f"--{flag}"
    shown = typer.Option(flags, help=f"{option.help}{choices}.", min=low, max=high)
    return Annotated[kind | None, shown]


def _parsed(declared: Iterable[Option], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a generated command, lists of numbers taken apart."""
    lists = {option.name for option in declared if option.kind is tuple}
    return {
        key: tuple(_whole(part, value) for part in value.split(","))
        if key in lists and value is not None
        else value
        for key, value in values.items()
    }


def _number(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError as failure:
        raise UserError(f"{whole!r} is not a number.") from failure


def _whole(text: str, whole: str) -> int:
    try:
        return int(text)
    except ValueError as failure:
        raise UserError(f"{whole!r} is not a list of whole numbers.") from failure


for _preset in FAMILY_OF:
    _add_train_command(_preset)
