"""The lessons that ship, in their order, each by the name of its file."""

from __future__ import annotations

from functools import cache

from ae_core.lessons import reading
from ae_core.lessons.lesson import Lesson
from ae_core.settings import APP

FOLDER = APP / "lessons"
ORDER = (
    "squeeze", "straight-and-bent", "a-map", "off-the-map", "why-a-vae", "noise", "one-number",
    "labels-are-dear", "when-it-breaks", "yours",
)  # fmt: skip


def names() -> list[str]:
    """Their names, those with a place in the order first."""
    found = {path.stem for path in FOLDER.glob("*.md")}
    return [*filter(found.__contains__, ORDER), *sorted(found.difference(ORDER))]


@cache
def lesson(name: str) -> Lesson:
    """The lesson of that name; it is one of `names()`."""
    data = (FOLDER / f"{name}.md").read_bytes()
    return reading.read(data, name, f"{name}.md", ships=True)
