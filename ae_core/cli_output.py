"""What the commands print, for people or as JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

# No markup and no emoji: names of files and models may look like them.
out = Console(soft_wrap=True, markup=False, emoji=False, highlight=False)
errors = Console(soft_wrap=True, markup=False, emoji=False, highlight=False, stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def progress(columns: str, *, hidden: bool = False) -> Progress:
    """A bar on the error stream, so that what a command prints can be piped."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(columns),
        TimeRemainingColumn(),
        console=errors,
        disable=hidden,
    )


def print_json(value: Any) -> None:
    """One line of JSON."""
    print(json.dumps(value))


def report(as_json: bool, value: dict[str, Any], sentence: str) -> None:
    """The result of a command, in the form that was asked for."""
    if as_json:
        print_json(value)
    else:
        out.print(sentence)
