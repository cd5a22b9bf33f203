"""A line in which uploads wait to be read, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.texts import _

LOOK_SECONDS = 0.2


class Line:
    """Lets so many through at once."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._people: dict[object, Person] = {}
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, person: Person, allowed: Limits, tell: Callable[[int], None]) -> Iterator[None]:
        """Wait until it is one's turn; `tell` is told again and again how many come before.

        Raises:
            UserError: too many are waiting, of this person, from where they ask, or in all.
        """
        place = object()
        with self._moved:
            self._check(person, allowed)
            self._people[place] = person
        try:
            while ahead := self._ahead(place):
                tell(ahead)
                with self._moved:
                    if self._ahead(place) == ahead:
                        self._moved.wait(LOOK_SECONDS)
            yield
        finally:
            with self._moved:
                del self._people[place]
                self._moved.notify_all()

    def _ahead(self, place: object) -> int:
        """How many have to leave before it is this one's turn."""
        return max(0, list(self._people).index(place) + 1 - self.at_once)

    def _check(self, person: Person, allowed: Limits) -> None:
        people = self._people.values()
        most = allowed.uploads_waiting
        if sum(each.id == person.id for each in people) >= most:
            what = _("Others of your uploads are being read, or wait for it. Try again after them.")
            raise limits.over("uploads_waiting", most, what)
        most = allowed.uploads_waiting_of_address
        if person.network and sum(each.network == person.network for each in people) >= most:
            what = _("Many uploads from your network wait to be read. Try again in a few minutes.")
            raise limits.over("uploads_waiting_of_address", most, what)
        most = allowed.uploads_waiting_in_all
        if len(people) >= most:
            what = _("Too many uploads wait to be read. Try again in a few minutes.")
            raise limits.over("uploads_waiting_in_all", most, what)
