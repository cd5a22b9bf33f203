"""Addresses that nobody's browser writes: seeded, for pages and for the server's own paths."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote

from ae_core import checkpoints, image_sets
from pages.ui.state.declared import PAGES
from pages.ui.state.values import name_of

NUMBERS = (
    "0", "-1", "3", "nan", "inf", "-inf", "1e309", "1e-309", "9" * 400, "0x10", "1_000", "٣", "²",
    "1.5", "-0", "1,2", "1" + ",2" * 70, ",".join(["0"] * 3000), "--", "+1", " 1 ", "true", "2**31",
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "a\0b", "\u202e", "\ud7ff", "\uffff", "%", "%00", "%zz", "../../etc/passwd",
    "..\\..", "/etc/passwd", "C:\\", "file:///etc/passwd", "http://evil.example", "<script>",
    "{{7*7}}", "${1}", "{", "[", "[" * 3000, "{}", "[]", "null", '{"a": 1e999}',
    '{"widths": "x"}', '{"beta": NaN}', "~~~", "a~~~1_2_3", "a~~" + "~9" * 40, "x" * 20_000,
    "é", "e\u0301", "🦊" * 50, "\n", "a\nb", "\r\nX: y", "'; drop table jobs; --", "None",
    "__class__", "my-", "my-nobody-aaaaaaaaaaaaaaaa", "con", "-", ".",
)  # fmt: skip
PATHS = (
    "/", "//", "//evil.example/", "/..", "/../app.py", "/%2e%2e/app.py",
    "/..%2f..%2fetc/passwd", "/%00", "/%", "/%zz", "/%ff%fe", "/\\..\\app.py",
    "/static/../app.py", "/static/", "/component/x/../../y", "/media/x", "/media/../secret",
    "/app/static/../../app.py", "/_stcore/", "/_stcore/health/x", "/_stcore/stream",
    "/_stcore/upload_file/a/b", "/_stcore/host-config", "/_stcore/allowed-message-origins",
    "/_stcore/bidi-components/x/y", "/live/", "/live/x", "/live/%2e%2e%2fapp.py",
    "/live-models/x/y/z", "/live-images/digits/{sha}/0", "/live-images/digits/{sha}/-1",
    "/live-factors/shapes/{sha}/1", "/live-classifiers/x/{sha}",
    "/live-models/../{sha}/decoder", "/healthz/", "/healthz?x=1", "/readyz/x", "/latent_space/",
    "/latent_space/x", "/LATENT_SPACE", "/.env", "/.git/config", "/favicon.ico", "/*",
    "/robots.txt", "/pages/home.py", "/codes;x", "/codes%3Fpart=maps", "/" + "a" * 7000,
    "/" + "a/" * 2000,
)  # fmt: skip

Query = dict[str, str | list[str]]


def pages(seed: int, count: int) -> Iterator[tuple[str, Query]]:
    """A page, and values for some of what can be set on it or anywhere; most of them impossible."""
    chance = random.Random(seed)
    names = sorted({name_of(each) for groups in PAGES.values()
                    for group in groups for each in group.declared()})  # fmt: skip
    real = [*(card.name for card in checkpoints.available()[0]), *image_sets.NAMES]
    known = sorted({str(choice) for groups in PAGES.values() for group in groups
                    for each in group.declared() for choice in each.choices})  # fmt: skip
    for _ in range(count):
        page = chance.choice(sorted(PAGES))
        own = [name_of(each) for group in PAGES[page] for each in group.declared()]
        query: Query = {}
        for _ in range(chance.choice((1, 1, 2, 3, 5, 12))):
            name = chance.choice(own or names) if chance.random() < 0.8 else chance.choice(names)
            if chance.random() < 0.03:
                name = chance.choice(TEXTS)
            values = [
                _mutated(chance.choice(chance.choice((NUMBERS, TEXTS, real, known))), chance)
                for _ in range(chance.choice((1, 1, 1, 1, 2, 40)))
            ]
            query[name] = values if len(values) > 1 else values[0]
        yield page, query


def _mutated(text: str, chance: random.Random) -> str:
    """The text, or it with a letter left out, put in twice, or changed."""
    if chance.random() < 0.7 or not text:
        return text
    place = chance.randrange(len(text))
    letter = chance.choice(("", text[place] * 2, chr(chance.randrange(1, 0x2FFF)), ",", "\u200b"))
    return text[:place] + letter + text[place + 1 :]


def paths(seed: int, count: int) -> Iterator[str]:
    """Paths with queries, as bytes that a client may send."""
    chance = random.Random(seed)
    sha = image_sets.load("digits").sha256
    for number in range(count):
        path = PATHS[number] if number < len(PATHS) else chance.choice(PATHS)
        path = path.replace("{sha}", chance.choice((sha, "0" * 64, sha[:-1] + "g")))
        if number >= len(PATHS):
            path = "/" + quote(_mutated(path[1:], chance), safe="/%.;?=&\\:*{}")
        if chance.random() < 0.3:
            path += "?" + "&".join(
                f"{quote(chance.choice(TEXTS))[:2000]}={quote(chance.choice(NUMBERS))[:2000]}"
                for _ in range(chance.choice((1, 3, 500)))
            )
        yield path[:60_000].replace(" ", "%20")
