"""What of the pages needs torch: imported once, while the first page stands there already."""

from __future__ import annotations

import gc
import importlib
import threading

NAMES = ("torch", "pages.ui.shared.cached")

LONGEST_SECONDS = 3.0
"""How long a page waits for the server to begin; then it begins by itself."""

here = threading.Event()
"""Set by the last of them, at its end."""


def load(leaving: threading.Event) -> None:
    """Import them, unless the server is leaving: a half-imported torch does not end well."""
    gc.disable()  # all of it stays: to look for garbage takes a fifth of the time
    try:
        for name in NAMES:
            if not leaving.is_set():
                importlib.import_module(name)
    finally:
        gc.enable()


def wait() -> None:
    """Come back once they are here."""
    if not here.wait(LONGEST_SECONDS):
        load(threading.Event())
