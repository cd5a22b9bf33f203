"""What the app withstands, part by part, kept in `benchmarks/results/trust.json`.

    python -m benchmarks.trust                      print what was measured last
    python -m benchmarks.trust --run isolation      measure this part; without a name all: hours
    python -m benchmarks.trust --check              exit with 1 where a goal is missed

Some parts are benchmarks with `--json`; others are tests that note their figures by
`record_property`, with all their cases.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from benchmarks import report, results

ROOT = Path(__file__).resolve().parents[2]

BENCHMARKS = {
    "uploads": ["benchmarks.trust.uploads", "--mutants", "20000"],
    "server": ["benchmarks.trust.server"],
    "faults": ["benchmarks.trust.faults"],
    "network": ["benchmarks.trust.network"],
    "sessions": ["benchmarks.trust.sessions"],
    "load": ["benchmarks.load"],
}

TESTS = {
    "cards": ["tests/checkpoints/test_mutants.py"],
    "isolation": ["tests/isolation/test_isolation.py"],
    "scripts": ["tests/browser/test_hostile_names.py"],
    "addresses": [
        "tests/pages/test_fuzzed_addresses.py",
        "tests/server/test_fuzzed_paths.py",
        "tests/browser/test_fuzzed_addresses.py",
    ],
}
"""Files of tests, whose long cases are the measurement."""

PARTS = (*BENCHMARKS, *TESTS)

Figures = dict[str, float]


def measured(part: str) -> Figures:
    """The figures of one part, measured now in a process of its own."""
    if part in TESTS:
        return tested(TESTS[part])
    module, *options = BENCHMARKS[part]
    said = subprocess.run(
        [sys.executable, "-m", module, *options, "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    figures: Figures = json.loads(said.splitlines()[-1])
    return figures


def tested(files: list[str]) -> Figures:
    """What tests have noted, and how many of them failed.

    Seconds are those of the slowest, everything else is added up.
    """
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "noted.xml"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-m", "long", "-q", "-o", "junit_family=xunit1",
             f"--junitxml={noted}", *files],
            cwd=ROOT, stdout=sys.stderr,
        )  # fmt: skip
        root = ET.parse(noted).getroot()  # noqa: S314 - pytest has just written it
    (suite,) = root.iter("testsuite")
    figures: Figures = {"tests_failed": int(suite.attrib["failures"]) + int(suite.attrib["errors"])}
    for each in root.iter("property"):
        name, value = each.attrib["name"], float(each.attrib["value"])
        before = figures.get(name, 0.0)
        figures[name] = max(before, value) if name.endswith("_s") else before + value
    return figures


def goals(part: str) -> dict[str, dict[str, float]]:
    """What a part has to reach."""
    wanted = report.goals("load" if part == "load" else f"trust.{part}")
    return {**wanted, "tests_failed": {"below": 0.5}} if part in TESTS else wanted


def main() -> None:
    parser = report.parser("trust", "What the app withstands")
    parser.add_argument("--run", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; or all")
    arguments = parser.parse_args()
    wanted = arguments.run or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if arguments.run is not None:
        for part in wanted:
            results.keep("trust", part, measured(part))
    rows = results.kept("trust")
    figures = {
        f"{part}: {name}": value
        for part in wanted
        for name, value in rows.get(part, {}).items()
        if isinstance(value, int | float)
    }
    named = {f"{part}: {name}": goal for part in wanted for name, goal in goals(part).items()}
    report.conclude(arguments, figures, named, "What the app withstands")


if __name__ == "__main__":
    main()
