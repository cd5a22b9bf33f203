"""A command that trains for a moment, and what a command comes to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

QUICK = [
    "train", "tanh-3", "--set", "digits", "--recipe", "published", "--widths", "8",
    "--name", "quick",
]  # fmt: skip


class Ran:
    """What one command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """The last line, which with --json is the result."""
        return json.loads(self.out.splitlines()[-1])

    def check_refused(self, *said: str) -> None:
        """Exit code 2, nothing printed but one line of error that holds these words."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("Error: ")
        assert self.err.count("\n") == 1
        assert self.err.rstrip().endswith((".", ".`", "`."))
        for words in said:
            assert words in self.err


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "AE_HOME": str(home)}
