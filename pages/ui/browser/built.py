"""Where the built files of the frontend lie: what `scripts.frontend` made, by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from ae_core.settings import APP
from ae_core.texts import _

FOLDER = APP / "frontend" / "build"


@dataclass
class Progress:
    """How the build goes that the server runs beside serving, and why it came to nothing."""

    is_running: bool = False
    failure: str = ""


progress = Progress()


def files() -> dict[str, str]:
    """The names of the built files, with a hash, by those without; none where none were built."""
    try:
        return _files((FOLDER / "manifest.json").stat().st_mtime_ns)
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=1)
def _files(_changed: int) -> dict[str, str]:
    names: dict[str, str] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return names


def why_none() -> str:
    """Why there are no built files, as a sentence."""
    if progress.is_running:
        return _(
            "The live map is being built, so the server decodes: load the page again in a minute."
        )
    if progress.failure:
        return _(
            "The live map could not be built ({reason}), so the server decodes.",
            reason=progress.failure,
        )
    return _("The live map was not built, so the server decodes: `make run` builds it.")


def address(name: str) -> str:
    """Where the server gives out a built file, from the address of the app on."""
    return f"/live/{files()[name]}"
