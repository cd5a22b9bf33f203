"""`classify`: a classifier on the encoder of a checkpoint, with an option for all it declares."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ae_core.classifiers import runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.cli.output import Json, report, watch
from ae_core.options import Option


def classify(*, device: str, into: Path | None, as_json: bool, **asked: Any) -> None:
    """Train one classifier; what the generated command calls."""
    run = runs.start(ClassifierSpec(**asked), on=device, root=into)
    whole = watch(run.training, run.training, name=run.spec.classifier_name, as_json=as_json)
    card = runs.finish(run)
    ending = "" if whole else " It was stopped before its end."
    report(
        as_json,
        {"classifier": asdict(card), "whole": whole},
        f"Kept {card.name} after {card.steps:,} steps on {card.labels:,} labelled images and"
        f" {card.seconds:.1f} s: {card.metrics['accuracy']:.2%} of {len(run.images.test):,} images"
        f" recognised.{ending}",
    )


def add_to(app: typer.Typer) -> None:
    """Make the command, with an option for everything that a classifier's spec declares."""
    command: Callable[..., None] = lambda **values: classify(**values)  # noqa: E731
    text = typer.Option
    parameters: list[tuple[str, Any, Any]] = [
        (option.name, _annotation(option), _default(option))
        for option in sorted(ClassifierSpec.declared(), key=lambda each: each.name != "checkpoint")
    ]
    parameters += [
        ("device", Annotated[str, text(help="auto, cpu or cuda.")], "auto"),
        ("into", Annotated[Path | None, text(help="Folder to keep it in.")], None),
        ("as_json", Json, False),
    ]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=hint)
            for name, hint, value in parameters
        ]
    )
    command.__annotations__ = {name: hint for name, hint, _ in parameters}
    app.command(name="classify", help="Train a classifier on the encoder of a checkpoint.")(command)


def _annotation(option: Option) -> Any:
    """The argument or option of the command line for a declared one."""
    if option.name == "checkpoint":
        return Annotated[str, typer.Argument(help=f"{option.help}.")]
    kind = str if option.choices else option.kind
    choices = f": {', '.join(option.choices)}" if option.choices else ""
    low, high = (option.low, option.high) if kind in (int, float) else (None, None)
    flag = "--set" if option.name == "image_set" else f"--{option.name.replace('_', '-')}"
    return Annotated[kind, typer.Option(flag, help=f"{option.help}{choices}.", min=low, max=high)]


def _default(option: Option) -> Any:
    return inspect.Parameter.empty if option.name == "checkpoint" else option.default
