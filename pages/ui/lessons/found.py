"""A lesson by its name in an address: one that ships, or one that a teacher has brought."""

from __future__ import annotations

from ae_core.lessons import shipped
from ae_core.lessons.lesson import Lesson


def lesson(name: str) -> Lesson | None:
    """The lesson of that name, if there is one."""
    return shipped.lesson(name) if name in shipped.names() else None
