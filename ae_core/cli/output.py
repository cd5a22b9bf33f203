"""What the commands print, for people or as JSON."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ae_core.training.loop import Event, Training

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


def show(events: Iterable[Event], training: Training[Any], *, name: str, as_json: bool) -> bool:
    """Show a training run until it ends, True, or Ctrl-C stops it, False.

    It stops between two steps, where its state is whole. A second Ctrl-C ends the program.
    """
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, former)

    former = signal.signal(signal.SIGINT, stop)
    try:
        with progress("{task.fields[losses]}  {task.fields[rate]}", hidden=as_json) as bar:
            task = bar.add_task(name, total=training.steps, losses="", rate="")
            for event in events:
                if as_json:
                    print(json.dumps({"event": asdict(event)}), flush=True)
                losses = " ".join(f"{k} {v:.4f}" for k, v in event.losses.items())
                rate = f"{event.images_per_second:,.0f} images/s"
                bar.update(task, completed=event.step, losses=losses, rate=rate)
                if stopped.is_set():
                    break
    finally:
        signal.signal(signal.SIGINT, former)
    return training.step == training.steps
