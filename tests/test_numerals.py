"""Numbers and days as a language writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from ae_core import languages, numerals, wording
from ae_core.texts import _, ngettext, to_json

THEN = datetime(2026, 11, 3, 14, 5, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    languages.speak("")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1,234.5 12% 0.000123 `0.5` 1.5 5,000 True"),
        ("de", "1.234,5 12\xa0% 0,000123 `0.5` 1,5 5.000 True"),
        ("zh", "1,234.5 12% 0.000123 `0.5` 1.5 5,000 True"),
        ("fr_CA", "1\xa0234,5 12\xa0% 0,000123 `0.5` 1,5 5\xa0000 True"),
        ("tlh", "1,234.5 12% 0.000123 `0.5` 1.5 5,000 True"),
    ],
)
def test_values_are_put_in_as_the_language_writes_them(language: str, said: str) -> None:
    languages.speak(language)
    shown = _(
        "{a:,.1f} {b:.0%} {c:.3g} `{d}` {e} {f:,} {g}",
        a=1234.5, b=0.12, c=np.float32(0.000123), d=0.5, e=1.5, f=np.int64(5000), g=True,
    )  # fmt: skip
    assert shown == said
    assert shown.values["a"] == 1234.5


def test_what_is_stored_is_the_number_and_not_how_it_was_written() -> None:
    english = to_json(ngettext("{count:,} of {share:.1%}", "", 2, share=0.5))
    languages.speak("de")
    assert to_json(ngettext("{count:,} of {share:.1%}", "", 2, share=0.5)) == english


@pytest.mark.parametrize(
    ("language", "day", "moment", "size", "short"),
    [
        ("en", "Nov 3, 2026", "Nov 3, 14:05:06", "3.46 MB", "\N{MINUS SIGN}1,234"),
        ("de", "03.11.2026", "3. Nov., 14:05:06", "3,46 MB", "\N{MINUS SIGN}1.234"),
        ("zh", "2026年11月3日", "11月3日, 14:05:06", "3.46 MB", "\N{MINUS SIGN}1,234"),
    ],
)
def test_wording_is_that_of_the_language(
    language: str, day: str, moment: str, size: str, short: str
) -> None:
    languages.speak(language)
    assert (wording.day(THEN), wording.moment(THEN)) == (day, moment)
    assert wording.file_size(3_456_789).replace("\xa0", " ") == size
    assert wording.three_digits(-1234.4) == short
    assert numerals.written(0.25, ".1f") == ("0,2" if language == "de" else "0.2")
