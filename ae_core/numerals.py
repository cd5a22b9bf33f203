"""Numbers as the language of who reads writes them: `1,234.5` and `12.3%` in English.

A number is formatted as Python does, and its marks are then exchanged: that takes a microsecond,
where Babel takes twenty, and there are hundreds on a page.
"""

from __future__ import annotations

from functools import cache
from numbers import Real
from typing import Any

from babel import Locale, UnknownLocaleError

from ae_core import languages

Marks = dict[int, str]


def written(value: Any, spec: str = "") -> str:
    """A number by Python's format, with the marks of the present language."""
    return as_written(format(value, spec))


def as_written(text: str) -> str:
    """A number that was formatted in English, with the marks of the present language."""
    marks = marks_of(languages.current())
    return text.translate(marks) if marks else text


def localised(value: Any) -> Any:
    """A value that writes itself so wherever it is put in; what is no number stays as it is."""
    kind = type(value)
    if kind is int or kind is float or (isinstance(value, Real) and kind is not bool):
        return _Written(value)
    return value


def are_english() -> bool:
    """Whether the present language writes numbers as English does."""
    return not marks_of(languages.current())


@cache
def marks_of(language: str) -> Marks:
    """What stands in a language for the marks that Python writes; nothing where they are those."""
    locale = locale_of(language)
    symbols = locale.number_symbols["latn"]
    percent = locale.percent_formats[None].pattern.lstrip("#,.0")
    wanted = {".": symbols["decimal"], ",": symbols["group"], "%": percent}
    return {ord(mark): here for mark, here in wanted.items() if mark != here}


@cache
def locale_of(language: str) -> Locale:
    """What Babel knows of a language; of an unknown one, English."""
    try:
        return Locale.parse(language.partition(".")[0].replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


class _Written:
    """A number that is put into a sentence."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        return written(self.value, spec)

    def __str__(self) -> str:
        return as_written(str(self.value))

    def __repr__(self) -> str:
        return repr(self.value)
