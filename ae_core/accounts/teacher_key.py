"""The teacher's key: long enough, and not found by trying, however many sessions try at once.

Wrong keys are counted in this process: by network, and those of everybody. Who has shown the right
one before is not kept waiting, so that a class that guesses does not lock its teacher out.
"""

from __future__ import annotations

import hmac
import logging
import time
from dataclasses import dataclass, field
from threading import Lock

from ae_core.errors import UserError
from ae_core.settings import TEACHER_KEY
from ae_core.texts import ngettext

log = logging.getLogger(__name__)

LEAST_LETTERS = 8

FORGOTTEN_SECONDS = 3600.0
MOST_NETWORKS = 10_000


@dataclass
class Tries:
    """Wrong keys from one place: some are free, then each doubles the wait for the next."""

    free: int
    longest: float
    wrong: int = 0
    last: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next key is looked at."""
        if self.wrong < self.free:
            return 0.0
        pause = min(self.longest, 2.0 ** min(16, self.wrong - self.free))
        return max(0.0, self.last + pause - now)

    def count(self, now: float) -> None:
        """One more was wrong."""
        self.wrong = 1 if now - self.last > FORGOTTEN_SECONDS else self.wrong + 1
        self.last = now


@dataclass
class Door:
    """Everybody's wrong keys."""

    of_all: Tries = field(default_factory=lambda: Tries(free=60, longest=5.0))
    of_network: dict[str, Tries] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Who has shown the right key, by their id."""
    lock: Lock = field(default_factory=Lock)


DOOR = Door()


def is_set() -> bool:
    """Whether there is a key that is long enough."""
    return len(TEACHER_KEY.value) >= LEAST_LETTERS


def too_short() -> str:
    """What is wrong with the key that is set; nothing where it is right, or there is none."""
    if not TEACHER_KEY.value or is_set():
        return ""
    return ngettext(
        "`AE_TEACHER_KEY` is too short: it needs at least {count} letter. The classroom stays"
        " closed.",
        "`AE_TEACHER_KEY` is too short: it needs at least {count} letters. The classroom stays"
        " closed.",
        LEAST_LETTERS,
    )


def opens(given: str, *, owner: str, network: str) -> bool:
    """Whether somebody has given the right key.

    Raises:
        UserError: too many were wrong; how long to wait.
    """
    now = time.monotonic()
    with DOOR.lock:
        if len(DOOR.of_network) > MOST_NETWORKS:
            DOOR.of_network.clear()
        tries = DOOR.of_network.setdefault(network, Tries(free=5, longest=60.0))
        wait = 0.0 if owner in DOOR.known else max(tries.wait(now), DOOR.of_all.wait(now))
        if wait:
            seconds = int(wait) + 1
            raise UserError(
                ngettext(
                    "Too many keys were wrong. Try again in {count} second.",
                    "Too many keys were wrong. Try again in {count} seconds.",
                    seconds,
                )
            )
        if is_set() and hmac.compare_digest(given.encode(), TEACHER_KEY.value.encode()):
            DOOR.known.add(owner)
            log.info("The teacher's key was given from %s.", network or "an unknown network")
            return True
        tries.count(now)
        DOOR.of_all.count(now)
        where = network or "an unknown network"
        log.warning("A wrong teacher's key from %s: number %d.", where, tries.wrong)
        return False
