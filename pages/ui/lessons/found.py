"""A lesson by its name in an address: one that ships, or one that a teacher has brought."""

from __future__ import annotations

from ae_core.errors import UserError
from ae_core.lessons import own, shipped
from ae_core.lessons.lesson import Lesson
from pages.ui.lessons import checking


def lesson(name: str) -> Lesson | None:
    """The lesson of that name, if there is one."""
    if name in shipped.names():
        return shipped.lesson(name)
    try:
        brought = own.lesson(name)
        if brought is not None:
            checking.check(brought, brought.title)
    except UserError:  # it was checked when it came; a page has changed since
        return None
    return brought
