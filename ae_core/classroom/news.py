"""What has changed in a class, told at once to whoever listens in this process.

All of it goes through `publish`: between several servers it is the one function that has to speak
to the others. Nothing is lost where nobody hears it, for what counts is in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

STAGE, LOOK, ASKS, CLOSED, OUT = "stage", "look", "asks", "closed", "out"
"""What every screen shows, the teacher's map under the hand, the question, the class's end, and who
was sent out."""

WALL, PEOPLE = "wall", "people"
"""New answers or pictures, and other members: for the teacher alone."""

OF_TEACHERS = frozenset({WALL, PEOPLE})

Listener = Callable[[str, Any], None]

_listeners: dict[str, set[Listener]] = {}
_lock = Lock()


def listen(code: str, listener: Listener) -> Callable[[], None]:
    """Call the listener with each kind of news and what it says; gives what ends it."""
    with _lock:
        _listeners.setdefault(code, set()).add(listener)

    def stop() -> None:
        with _lock:
            of_class = _listeners.get(code, set())
            of_class.discard(listener)
            if not of_class:
                _listeners.pop(code, None)

    return stop


def publish(code: str, kind: str, says: Any = None) -> None:
    """Tell whoever listens to a class; no listener may wait."""
    with _lock:
        listeners = list(_listeners.get(code, ()))
    for listener in listeners:
        listener(kind, says)
