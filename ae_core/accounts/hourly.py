"""Sums of the last hour, by whatever is counted, in the server's memory."""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock

MINUTES = 60


class Hourly:
    """What each key has come to within the last hour."""

    def __init__(self) -> None:
        self.by_minute: dict[int, Counter[str]] = {}
        self._lock = Lock()

    def add(self, key: str, size: int = 1) -> None:
        """Count so much more."""
        minute = present_minute()
        with self._lock:
            for old in [each for each in self.by_minute if each <= minute - MINUTES]:
                del self.by_minute[old]
            self.by_minute.setdefault(minute, Counter())[key] += size

    def sum(self, key: str) -> int:
        """The sum of the last hour."""
        since = present_minute() - MINUTES
        with self._lock:
            return sum(each[key] for minute, each in self.by_minute.items() if minute > since)


def present_minute() -> int:
    """The minute to which what comes now is counted."""
    return int(time.monotonic() // 60)
