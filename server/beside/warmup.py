"""Loads torch and the pages' caches while nobody waits: the first visit is not slowed down by it.

Importing torch keeps the interpreter busy for seconds. Begun at once, it held up the first page of
a visitor who came right after the start; begun in the first quiet moment, it does not.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pages.ui.shared import torch_parts
from server.traffic import wait_until_quiet

QUIET_SECONDS = 0.75
"""The page's own scripts run for up to half a second between two requests."""

SWITCH_SECONDS = 0.0005
"""How soon the server gets a word in while modules are imported; Python's default is 0.005."""


@contextmanager
def warm_up_when_quiet() -> Iterator[None]:
    """Wait for the first quiet moment, then import what the pages need, beside the server.

    Leaving waits for an import that has begun: a half-imported torch does not end well.
    """
    leaving = threading.Event()
    thread = threading.Thread(target=_warm_up, args=(leaving,), name="warm-up")
    thread.start()
    try:
        yield
    finally:
        leaving.set()


def _warm_up(leaving: threading.Event) -> None:
    if not wait_until_quiet(leaving, QUIET_SECONDS):
        return
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        torch_parts.load(leaving)
    finally:
        sys.setswitchinterval(usual)
    # All of this stays: collections need not look at it again.
    gc.freeze()
