"""Every check and every test, beside each other where that is faster: `make test`.

    python -m scripts.checks             what belongs to every change
    python -m scripts.checks --long      all that there is, and note that it passed

Each part's log is printed whole, one after the other; one that fails fails all.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
TWO_WORKERS = ["--numprocesses", "2", "--dist", "worksteal"]
ALL = ["-m", "long or not long"]
KILLS = "100"

Commands = list[list[str]]


@dataclass(frozen=True)
class Outcome:
    """How a part went."""

    name: str
    failed: bool
    seconds: float
    log: str

    @property
    def passed(self) -> int:
        """The tests that passed, as pytest and Vitest count them."""
        return sum(
            map(
                int,
                re.findall(r"^(?:=+ |\s*Tests\s).*?(\d+) passed", plain(self.log), re.MULTILINE),
            )
        )


def plain(text: str) -> str:
    """A log without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def run(name: str, commands: Commands, environment: dict[str, str]) -> Outcome:
    """Run commands one after the other, as far as none fails."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:

        def fails(command: list[str]) -> bool:
            print("+", *command, file=log, flush=True)
            done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            return done.returncode != 0

        failed = any(map(fails, commands))
        log.seek(0)
        return Outcome(name, failed, time.monotonic() - began, log.read())


def rounds(*, every: bool) -> list[dict[str, Commands]]:
    """What runs beside each other, round after round. The frontend is built before others look."""
    pytest = [PYTHON, "-m", "pytest", *TWO_WORKERS, *(ALL if every else [])]
    return [
        {"Frontend": [[PYTHON, "-m", "scripts.frontend", "--test"]]},
        {
            "Python tests": [[*pytest, "--ignore", "tests/browser"]],
            "Lint and types": [
                [PYTHON, "-m", "ruff", "check", "."],
                [PYTHON, "-m", "ruff", "format", "--check", "."],
                [str(Path(PYTHON).with_name("lint-imports"))],
                [PYTHON, "-m", "mypy"],
            ],
        },
        # Not in one process: tests of the jobs fork, which must not happen beside a browser's loop.
        {"Browser tests": [[PYTHON, "-m", "scripts.browser"], [*pytest, "tests/browser"]]},
    ]


def check(*, every: bool) -> list[Outcome]:
    """Run everything and print its logs."""
    environment = {**os.environ, **({"AE_KILLS": KILLS} if every else {})}
    outcomes = []
    for together in rounds(every=every):
        print(f"Running: {', '.join(together)} ...", flush=True)
        with ThreadPoolExecutor(len(together)) as beside:
            started = [
                beside.submit(run, name, commands, environment)
                for name, commands in together.items()
            ]
            for each in started:
                outcomes.append(outcome := each.result())
                print(f"\n== {outcome.name}\n{outcome.log}", flush=True)
    return outcomes


def note(outcomes: list[Outcome], seconds: float) -> None:
    """Write down that everything passed, and when."""
    from benchmarks import results  # which loads torch

    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    counts = {each.name: each.passed for each in outcomes if each.passed}
    figures = {"commit": commit, "seconds": round(seconds), "passed": counts, "kills": int(KILLS)}
    results.keep("test_long", "last passed", figures)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run every check and every test.")
    parser.add_argument("--long", action="store_true", help="also what takes long")
    every = parser.parse_args().long
    began = time.monotonic()
    outcomes = check(every=every)
    seconds = time.monotonic() - began
    parts = ", ".join(f"{each.name} {clock(each.seconds)}" for each in outcomes)
    passed = sum(each.passed for each in outcomes)
    print(f"{passed:,} tests passed in {clock(seconds)} ({parts})")
    if failed := [each.name for each in outcomes if each.failed]:
        sys.exit(f"FAILED: {', '.join(failed)}")
    if every:
        note(outcomes, seconds)


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


if __name__ == "__main__":
    main()
