"""The languages that pages can be in, and which of them is read here and now.

That is the visitor's: a page says it for the thread that draws it, a request for itself. Where
nobody has said it, as on the command line, it is that of `AE_LANGUAGE`.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TypeVar

from ae_core.settings import LANGUAGE

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "messages"
ENGLISH = "en"

COOKIE = "ae_language"
"""Where a browser keeps what was chosen in the menu."""

NAMES = {ENGLISH: "English", "de": "Deutsch", "zh": "中文"}
"""What a language calls itself; of others, their folder is shown."""


Made = TypeVar("Made")


class _Visit:
    find: Callable[[], str] = str


_visit = _Visit()

_read_here: ContextVar[str] = ContextVar("language", default="")


def current() -> str:
    """The language of who reads what is said now."""
    if said := _read_here.get():
        return said
    if said := _visit.find():
        speak(said)
    return said or LANGUAGE.value


def tag() -> str:
    """The same as the web writes it: `pt-BR`."""
    return current().replace("_", "-")


def speak(language: str) -> None:
    """From now on, this is the language of this thread or this request."""
    _read_here.set(language)


def kept_for(make: Callable[[], Made]) -> Callable[[], Made]:
    """What `make` makes, in the language of now wherever it is called: a download is, elsewhere."""
    language = current()

    def made() -> Made:
        before = _read_here.set(language)
        try:
            return make()
        finally:
            _read_here.reset(before)

    return made


def found_by(find: Callable[[], str]) -> None:
    """Ask this where nobody has said it yet: a part of a page is run in a thread of its own."""
    _visit.find = find


def available() -> list[str]:
    """The languages that the pages can be in."""
    return [ENGLISH, *sorted(path.parts[-3] for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))]


def best(wanted: Iterable[str]) -> str:
    """The first of these that the pages can be in, or of which they know the kind; else nothing."""
    here = {each.lower(): each for each in available()}
    for each in wanted:
        tag = each.replace("-", "_").lower()
        if found := here.get(tag) or here.get(tag.partition("_")[0]):
            return found
    return ""


def usual() -> str:
    """The language of those who ask for none that is here."""
    return best([LANGUAGE.value]) or ENGLISH


def accepted(header: str) -> list[str]:
    """The languages of an `Accept-Language`, the one that is liked most first."""
    liked = []
    for place, each in enumerate(header[:500].split(",")):
        tag, _, weight = each.partition(";")
        share = re.search(r"q=([01](?:\.\d{1,3})?)$", weight.strip())
        liked.append((-float(share[1]) if share else -1.0, place, tag.strip()))
    return [tag for share, _place, tag in sorted(liked) if tag and share]


def catalogue() -> gettext.NullTranslations:
    """The catalogue of the language that is read now."""
    return translations(current())


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; where there is none, English."""
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)


def is_known(language: str) -> bool:
    """Whether the pages can be in this language, or in that which it is a kind of, as `de_AT`."""
    found = type(translations(language)) is not gettext.NullTranslations
    return found or re.split("[-_.@]", language)[0] == ENGLISH
