"""What is known of an answer while it is computed, for a page that draws it meanwhile."""

from __future__ import annotations

from pathlib import Path

from ae_core import analyses
from ae_core.accounts.person import Person
from ae_core.analyses import Answer
from ae_core.jobs import analysis_results
from ae_core.storage.folders import write_file


def path(key: str) -> Path:
    """The file of it, beside that of the answer."""
    return analysis_results.path(key).with_suffix(".so-far")


def keep(key: str, answer: Answer) -> None:
    """Save what is known by now.

    Raises:
        OSError: the disk does not take it.
    """
    write_file(path(key), answer.to_bytes(), lasts=False)


def read(person: Person, key: str) -> Answer | None:
    """What is known by now, where there is anything.

    Raises:
        UserError: it is about what they may not see.
    """
    if analysis_results.get(person, key) is None:
        return None
    try:
        return analyses.from_bytes(path(key).read_bytes())
    except (OSError, ValueError):
        return None


def forget(key: str) -> None:
    """Delete it: the answer is there, or will not be."""
    path(key).unlink(missing_ok=True)
