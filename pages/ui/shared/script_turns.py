"""Runs the scripts of different visitors one after the other, as long as each is quick.

At the same time they compete for the interpreter: thirty of them took twice the processor time for
the same pages. A slow one holds the others up for a moment only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.15
"""How long another script may run before the next starts beside it."""

LOOK_SECONDS = 0.05


class Turns:
    """Whose turn it is, and since when."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.began = 0.0
        self.mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, or until somebody's lasts too long; inside of a turn at once."""
        if getattr(self.mine, "held", False):
            yield
            return
        while not (alone := self.lock.acquire(timeout=LOOK_SECONDS)):
            if time.monotonic() - self.began > PATIENCE_SECONDS:
                break
        if alone:
            self.began = time.monotonic()
        self.mine.held = True
        try:
            yield
        finally:
            self.mine.held = False
            if alone:
                self.lock.release()


TURNS = Turns()
