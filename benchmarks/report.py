"""What every benchmark does with its figures: a table, `--json`, `--check` against the goals."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

GOALS = Path(__file__).with_name("goals.toml")


def goals(name: str) -> dict[str, dict[str, float]]:
    """The goals of one benchmark: figure -> {"below": limit} or {"above": limit}."""
    found: dict[str, dict[str, float]] = tomllib.loads(GOALS.read_text("utf-8")).get(name, {})
    return found


def misses(figures: dict[str, float], wanted: dict[str, dict[str, float]]) -> list[str]:
    """One sentence for each goal that is not reached, or not measured."""
    sentences = []
    for figure, goal in wanted.items():
        (direction, limit), *_ = goal.items()
        value = figures.get(figure)
        if value is None:
            sentences.append(f"{figure} was not measured; it should be {direction} {limit:g}.")
        elif value >= limit if direction == "below" else value <= limit:
            sentences.append(f"{figure} is {value:.4g}; it should be {direction} {limit:g}.")
    return sentences


def parser(name: str, about: str) -> argparse.ArgumentParser:
    """What every benchmark can be asked; one with more to ask adds it."""
    asked = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    asked.add_argument("--json", action="store_true", help="print one object of figures by name")
    asked.add_argument("--check", action="store_true", help="exit with 1 if a goal is missed")
    return asked


def conclude(
    arguments: argparse.Namespace,
    figures: dict[str, float],
    wanted: dict[str, dict[str, float]],
    title: str,
) -> None:
    """Print the figures, and with `--check` exit with 1 where one of `wanted` is missed."""
    if arguments.json:
        print(json.dumps(figures))
    else:
        table = Table("figure", "measured", "goal", title=f"{title} ({platform.machine()})")
        for figure, value in figures.items():
            goal = " ".join(f"{word} {limit:g}" for word, limit in wanted.get(figure, {}).items())
            table.add_row(figure, f"{value:.4g}", goal)
        Console().print(table)
    if arguments.check and (sentences := misses(figures, wanted)):
        sys.exit("\n".join(sentences))


def main(name: str, measure: Callable[[], dict[str, float]], about: str) -> None:
    """Measure and report, for a benchmark with no options of its own."""
    arguments = parser(name, about).parse_args()
    conclude(arguments, measure(), goals(name), about)
