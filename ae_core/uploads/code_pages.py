"""Finds the code page in which old zips and tables wrote their names.

Names are short, so statistics of whole texts do not tell (charset-normalizer takes two Russian
words in cp866 for UTF-16). Each code page that zip programs write is tried instead: the likelier
its letters stand together in words, the better.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

UTF_8 = "utf-8"

PRIORS = {
    "gbk": 2.3, "cp866": 2.0, "cp932": 1.5, "cp949": 0.0, "big5": 0.0, "cp437": 0.5, "cp850": 0.4,
    "cp852": 0.2, "cp1252": 0.3, "cp1251": 0.1, "cp1250": 0.0, "cp1253": -1.0, "cp1254": -1.0,
}  # fmt: skip
"""Code pages, and the logarithm of how often each is met."""

UNLIKELY, IMPOSSIBLE = -12.0, -15.0
MARGIN = 8.0
"""A code page this much less likely than the best one is not offered."""

COMMON_ACCENTS = frozenset("äöüßéèàçñáíóúåøæÄÖÜ")
RARE_LETTERS = frozenset("þðÞÐýÝÿ")
COMMON_TAILS = frozenset((0, 1, 4, 8, 16, 21))
"""How most Korean syllables end: in a vowel, or in one of five consonants."""


def plausible(names: Sequence[bytes]) -> list[str]:
    """The code pages in which these names may be written, the likeliest first.

    Whatever is valid UTF-8 is UTF-8: hardly any other text is.
    """
    if all(_decoded(name, UTF_8) is not None for name in names):
        return [UTF_8]
    words = {word for name in names for word in name.split(b"/") if not word.isascii()}
    likely = {page: sum(_likelihood(word, page) for word in words) + prior
              for page, prior in PRIORS.items()}  # fmt: skip
    order = sorted(likely, key=lambda page: -likely[page])
    shown: dict[tuple[str, ...], str] = {}
    for page in order:
        if likely[page] >= likely[order[0]] - MARGIN:
            shown.setdefault(tuple(decoded(name, page) for name in names), page)
    return list(shown.values())


def decoded(name: bytes, page: str) -> str:
    """A name in a code page, composed (NFC); what it cannot say becomes a question mark."""
    return unicodedata.normalize("NFC", name.decode(page, "replace"))


def _decoded(name: bytes, page: str) -> str | None:
    try:
        return name.decode(page)
    except UnicodeDecodeError:
        return None


def _likelihood(name: bytes, page: str) -> float:
    """The logarithm of how likely these letters are in this code page; -inf where it has none."""
    text = _decoded(name, page)
    if text is None:
        return -math.inf
    total = 0.0
    for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if letter.isascii():
            continue
        total += _of_letter(letter, page)
        scripts = {_script(each) for each in (before, letter, after) if each.isalpha()}
        total += IMPOSSIBLE * (len(scripts) > 1 and not scripts <= {"CJK", "HIRAGANA", "KATAKANA"})
        # Words mix few accents into plain letters, and no capital into small ones.
        is_latin = _script(letter) == "LATIN"
        total -= 3.0 * (is_latin and before.isalpha() and not before.isascii())
        total -= 5.0 * (before.islower() and letter.isupper())
        total -= 5.0 * (letter.islower() and after.isupper())
    return total


def _of_letter(letter: str, page: str) -> float:
    code = letter.encode(page)
    lead = code[0]
    if not letter.isalpha():
        return UNLIKELY
    match _script(letter):
        case "HANGUL":
            is_common = (ord(letter) - 0xAC00) % 28 in COMMON_TAILS
            return -7.3 if is_common and len(code) == 2 else -10.0
        case "HIRAGANA" | "KATAKANA":
            return -5.5 if page == "cp932" and len(code) == 2 else -9.0
        case "CJK":
            # Each of these standards has its common characters in its first rows.
            first, last, rows = {
                "gbk": (0xB0, 0xD7, 40 * 94), "big5": (0xA4, 0xC6, 35 * 157),
                "cp932": (0x88, 0x97, 16 * 188), "cp949": (0xFF, 0xFF, 1),
            }[page]  # fmt: skip
            is_common = first <= lead <= last and (page != "gbk" or code[1] >= 0xA1)
            return -math.log(rows) if is_common else UNLIKELY
        case "CYRILLIC" | "GREEK":
            return -4.2 if page in ("cp866", "cp1251", "cp1253") else UNLIKELY
        case "LATIN" if "\u00c0" <= letter <= "\u017f":
            return -3.0 if letter in COMMON_ACCENTS else -6.0 if letter in RARE_LETTERS else -4.5
    return UNLIKELY


def _script(letter: str) -> str:
    """The script of a letter, by the first word of its name in Unicode."""
    return unicodedata.name(letter, "?").replace("-", " ").split(" ")[0]
