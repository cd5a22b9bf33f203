"""A line in which uploads wait to be read, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.texts import _

LOOK_SECONDS = 0.2


class Line:
    """Lets so many through at once."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._owners: dict[object, str] = {}
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, owner: str, allowed: Limits, tell: Callable[[int], None]) -> Iterator[None]:
        """Wait until it is one's turn; `tell` is told again and again how many come before.

        Raises:
            UserError: too many are waiting, of this owner or in all.
        """
        place = object()
        with self._moved:
            self._check(owner, allowed)
            self._owners[place] = owner
        try:
            while ahead := self._ahead(place):
                tell(ahead)
                with self._moved:
                    if self._ahead(place) == ahead:
                        self._moved.wait(LOOK_SECONDS)
            yield
        finally:
            with self._moved:
                del self._owners[place]
                self._moved.notify_all()

    def _ahead(self, place: object) -> int:
        """How many have to leave before it is this one's turn."""
        return max(0, list(self._owners).index(place) + 1 - self.at_once)

    def _check(self, owner: str, allowed: Limits) -> None:
        most = allowed.uploads_waiting
        if list(self._owners.values()).count(owner) >= most:
            what = _("Others of your uploads are being read, or wait for it. Try again after them.")
            raise limits.over("uploads_waiting", most, what)
        most = allowed.uploads_waiting_in_all
        if len(self._owners) >= most:
            what = _("Too many uploads wait to be read. Try again in a few minutes.")
            raise limits.over("uploads_waiting_in_all", most, what)
