"""What a lesson says, in the language of who reads it and with its figures."""

from __future__ import annotations

from ae_core.lessons import figures
from ae_core.lessons.lesson import Lesson
from ae_core.texts import _


def of(lesson: Lesson, message: str) -> str:
    """A message of a lesson: translated where the lesson ships, else as it is written."""
    return figures.filled(_(message) if lesson.ships else message)
