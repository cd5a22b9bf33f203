"""What hostile uploads come to: how many are refused, and what the costliest takes.

    python -m benchmarks.trust.uploads                 the corpus, and some mutants
    python -m benchmarks.trust.uploads --mutants 20000

Processor time and memory are of the process that reads; each file is read once before, so that
nothing is counted that a process does once. Mutants are those of `tests/hostile/test_mutants.py`.
"""

from __future__ import annotations

import io
import logging
import os
import tempfile
import warnings
from collections.abc import Iterable
from contextlib import suppress

from ae_core.errors import UserError
from ae_core.uploads import intake
from ae_core.uploads.intake import Upload
from benchmarks import report
from tests.hostile import archives, arrays, cases, good, images, tables
from tests.hostile.cases import Case, Outcome
from tests.hostile.mutants import try_mutants

MUTANTS = 1000


def measure(mutants: int = MUTANTS) -> dict[str, float]:
    """All figures; files of people lie in a folder of their own meanwhile."""
    warnings.simplefilter("ignore")  # Pillow warns of damage
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AE_HOME"] = folder
        controls = outcomes(good.cases())
        hostile = outcomes(
            each for room in (images, archives, arrays, tables) for each in room.cases()
        )
        return {
            "hostile_files": len(hostile),
            "hostile_not_as_expected": sum(
                not outcome.is_as_expected(case) for case, outcome in hostile
            ),
            "hostile_worst_processor_ms": 1e3 * max(each.seconds for _case, each in hostile),
            "hostile_worst_mib": max(each.mebibytes for _case, each in hostile),
            "good_files": len(controls),
            "good_not_accepted": sum(
                not outcome.is_as_expected(case) for case, outcome in controls
            ),
            "mutants_tried": mutants,
            "mutants_that_raised": raised(mutants),
        }


def outcomes(files: Iterable[Case]) -> list[tuple[Case, Outcome]]:
    """What comes of each file."""
    found = []
    for case in files:
        data = case.make()
        cases.read(case.name, data)
        found.append((case, cases.read(case.name, data)))
    return found


class Failures(logging.Handler):
    """Counts what readers write into the log: errors that nobody thought of."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def raised(count: int) -> int:
    """How many of so many mutants made a reader raise what is no sentence."""
    failures = Failures(logging.WARNING)

    def check(name: str, data: bytes) -> None:
        with suppress(UserError):
            for _result in intake.read([Upload(name, io.BytesIO(data))]):
                pass

    files = {case.name: case.make() for case in good.cases()}
    few = {name: data for name, data in files.items() if len(data) < 50_000}
    logging.getLogger("ae_core").addHandler(failures)
    try:
        try_mutants(few, count, check)
    finally:
        logging.getLogger("ae_core").removeHandler(failures)
    return failures.count


def main() -> None:
    parser = report.parser("trust.uploads", "Hostile uploads")
    parser.add_argument("--mutants", type=int, default=MUTANTS, help="how many are tried")
    arguments = parser.parse_args()
    figures = measure(arguments.mutants)
    report.conclude(arguments, figures, report.goals("trust.uploads"), "Hostile uploads")


if __name__ == "__main__":
    main()
