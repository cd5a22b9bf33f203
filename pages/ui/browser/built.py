"""Where the built files of the frontend lie: what `scripts.frontend` made, by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "frontend" / "build"


@cache
def files() -> dict[str, str]:
    """The names of the built files, with a hash, by those without; none where none were built."""
    try:
        names: dict[str, str] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return names


def address(name: str) -> str:
    """Where the server gives out a built file."""
    return f"/live/{files()[name]}"
