"""Numbers in words: counts with their nouns, figures, durations and sizes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from babel.dates import format_date, format_skeleton

from ae_core import languages, numerals
from ae_core.texts import N_, _, ngettext

Number = int | float

Noun = tuple[str, str]
"""What one image of a set and several are called: "leaf", "leaves"; empty for "picture"."""

NO_NOUN: Noun = ("", "")
DIGITS: Noun = (N_("digit"), N_("digits"))


def three_digits(value: Number, *, zero_below: float = 0.0) -> str:
    """A number with three significant digits; "0" where it is nearer to zero than `zero_below`."""
    if abs(value) < zero_below:
        return "0"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")
    return numerals.as_written(text).replace("-", "\N{MINUS SIGN}")


def times(factor: Number) -> str:
    """A factor: "12.3 times", "3,072 times"."""
    if factor < 1000:
        return _("{factor:.3g} times", factor=factor)
    return _("{factor:,.0f} times", factor=factor)


def shape(sizes: Iterable[int]) -> str:
    """The sizes of an image or a tensor: "1 x 28 x 28"."""
    return " x ".join(map(str, sizes))


def duration(seconds: Number) -> str:
    """A time in the unit in which it is a short number."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 120:
        return _("{seconds:.0f} s", seconds=seconds)
    return _("{minutes:.0f} min", minutes=seconds / 60)


def file_size(size: int) -> str:
    """Bytes as kB or MB."""
    if size < 1e6:
        return _("{size:.0f} kB", size=size / 1e3)
    return _("{size:#.3g} MB", size=size / 1e6)


def megabytes(size: Number) -> str:
    """Bytes in MB of 2**20, the unit of the limits on uploads."""
    number = f"{size / 2**20:,.1f}".removesuffix(".0")
    return _("{number} MB", number=numerals.as_written(number))


def day(when: date) -> str:
    """A day: "Nov 30, 2026"."""
    return format_date(when, locale=numerals.locale_of(languages.current()))


def moment(when: datetime) -> str:
    """A time of day on a day, to the second."""
    locale = numerals.locale_of(languages.current())
    return format_skeleton("MMMd", when, locale=locale) + when.strftime(", %H:%M:%S")


def counted(count: int, noun: Noun = NO_NOUN) -> str:
    """So many images, by the word that their set has for them: "12 leaves"."""
    if noun == NO_NOUN:
        return ngettext("{count:,} picture", "{count:,} pictures", count)
    if noun == DIGITS:
        return ngettext("{count:,} digit", "{count:,} digits", count)
    one, many = noun
    return _("{count:,} {things}", count=count, things=one if count == 1 else many)
