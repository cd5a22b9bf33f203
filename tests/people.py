"""Some people, and a teacher."""

from __future__ import annotations

from dataclasses import replace

from ae_core.accounts.person import Person

ANN, BOB, ME, YOU = (Person(name) for name in ("ann", "bob", "me", "you"))
TEACHER = Person("teacher", is_teacher=True)


def with_links(person: Person, *names: str) -> Person:
    """Somebody to whom these names came by a link."""
    return replace(person, opened=frozenset(names))
