"""What people read, in their language: every sentence goes through `_` or `ngettext`.

A message is the English sentence, with the names of what is put into it: `_("Trained for {time}.",
time=…)`. Whole sentences only: nothing is put together of parts whose order another language would
change. `python -m scripts.catalogue` collects the messages for translators.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from numbers import Integral, Real
from typing import Any

from ae_core import languages, numerals

LONGEST_VALUE = 80


class Text(str):
    """A sentence in the language of who reads it, which also knows what it says in any.

    `messages` are its message, or that of one and that of many; `values` what is put into it.
    """

    __slots__ = ("messages", "values")
    messages: tuple[str, ...]
    values: Mapping[str, Any]


def _(message: str, /, **values: Any) -> Text:
    """The sentence in the present language, with these values put in as `str.format` does."""
    found = message and languages.catalogue().gettext(message)  # "" is its header
    return _made(_put(found, message, values) if values else found, (message,), values)


def ngettext(one: str, many: str, count: int, /, **values: Any) -> Text:
    """The same where it depends on a `count`, which is put in too."""
    found = languages.catalogue().ngettext(one, many, count)
    values = {"count": count, **values}
    return _made(_put(found, one if count == 1 else many, values), (one, many), values)


def N_(message: str, /) -> str:  # noqa: N802 - what everybody calls it
    """A message that is translated where it is shown: `_(TITLE)`."""
    return message


JOINED = (
    N_("{text0} {text1}"),
    N_("{text0} {text1} {text2}"),
    N_("{text0} {text1} {text2} {text3}"),
)
"""Sentences that follow each other: in some languages nothing stands between them."""


def to_json(text: str) -> str:
    """A sentence as it is stored: its message and its values, whatever the language."""
    return json.dumps(_plain(text)) if text and isinstance(text, Text) else text


def from_json(stored: str) -> str:
    """A stored sentence in the present language; other text as it is."""
    try:
        found = json.loads(stored)
    except (RecursionError, ValueError):
        return stored
    if not isinstance(found, dict) or "messages" not in found:
        return stored
    try:
        return str(_read(found))
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return stored


def again(text: str) -> str:
    """A sentence in the present language, though it was made for somebody who reads another."""
    return from_json(to_json(text))


def shortened(value: object) -> str:
    """Any value as a sentence can hold it: as Python writes it, and never long."""
    written = reprlib.repr(value)
    return written if len(written) <= LONGEST_VALUE else f"{written[: LONGEST_VALUE - 1]}…"


def joined(*sentences: str) -> Text:
    """Sentences, one after the other; empty ones are left out."""
    values = {f"text{place}": each for place, each in enumerate(filter(None, sentences))}
    return _(" ".join(f"{{{name}}}" for name in values), **values)


def with_values(text: str, change: Callable[[str], str]) -> str:
    """A sentence whose values are changed, as to escape them; its own words stay as they are.

    What a message has in backticks is code, in which nothing can be escaped: such a value loses its
    own backticks instead. Text that is no message is changed as a whole.
    """
    if not isinstance(text, Text):
        return change(text)
    one, *many = text.messages
    code = _in_code(one)
    values = {
        name: _changed(each, (lambda said: said.replace("`", "'")) if name in code else change)
        for name, each in text.values.items()
    }
    if many:
        return str(ngettext(one, many[0], values.pop("count"), **values))
    return str(_(one, **values))


class _Changed(str):
    """A value that is changed however it is put into a message."""

    __slots__ = ("change",)
    change: Callable[[str], str]

    def __format__(self, spec: str) -> str:
        return self.change(format(str.__str__(self), spec))

    def __repr__(self) -> str:
        return self.change(repr(str.__str__(self)))

    def __str__(self) -> str:
        return self.change(str.__str__(self))


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Text):
        return with_values(value, change)
    if isinstance(value, Real) or value is None or hasattr(value, "strftime"):
        return value
    changed = _Changed(value)
    changed.change = change
    return changed


def _put(message: str, english: str, values: Mapping[str, Any]) -> str:
    """A message with its values; the English one where a translator has misspelt a name.

    Numbers are written as the language writes them, but for those in backticks: they are code.
    """
    if not numerals.are_english():
        code = _in_code(message)
        values = {name: each if name in code else numerals.localised(each)
                  for name, each in values.items()}  # fmt: skip
    try:
        return message.format(**values)
    except (IndexError, KeyError, ValueError):
        return english.format(**values)


@lru_cache(maxsize=10_000)
def _in_code(message: str) -> frozenset[str]:
    """The names of the values that a message has in backticks."""
    return frozenset(re.findall(r"`{(\w+)", message))


def _made(shown: str, messages: tuple[str, ...], values: Mapping[str, Any]) -> Text:
    made = Text(shown)
    made.messages, made.values = messages, values
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        values = {name: _plain(each) for name, each in value.values.items()}
        return {"messages": list(value.messages), "values": values}
    if isinstance(value, (int, str)) or value is None:
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else str(value)  # of NumPy, too


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    values = {name: _read(each) for name, each in value["values"].items()}
    one, *many = value["messages"]
    if many:
        return ngettext(one, many[0], values.pop("count"), **values)
    return _(one, **values)
