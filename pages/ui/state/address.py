"""From values to the query of an address or to JSON, and back; what is impossible is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlencode

from ae_core.errors import UserError
from ae_core.options import Option
from pages.ui.state import packed
from pages.ui.state.values import State, name_of

LONGEST = 1500
"""Characters of a query that we write, as they travel. Where there are more, the longest values are
packed, where they are lists of numbers, and if that is not enough, they go."""

LONGEST_TEXT = 500
LONGEST_GIVEN = 4000
"""Characters of a value that is read."""

DIGITS = 6

FORMER = {
    "strangers": "out-of-distribution",
    "taught": "trained_on_noise",
    "untaught": "not_trained_on_noise",
}
"""Values that were called otherwise in addresses from before."""

States = Sequence[State]


def to_json(states: States) -> dict[str, Any]:
    """The values that differ from their defaults, by their names, as JSON holds them."""
    return {
        name_of(declared): value
        for state in states
        for declared in state.declared()
        if (value := state.to_dict()[declared.name]) != _plain(declared.default)
    }


def to_query(states: States) -> dict[str, str]:
    """The same as the query of an address."""
    values = to_json(states)
    query = {name: _text(value) for name, value in values.items()}
    lists = {name_of(each): each.items for state in states for each in state.declared()
             if each.kind is tuple and each.items in packed.PARTS}  # fmt: skip
    while len(urlencode(query)) > LONGEST:
        name = max(query, key=lambda name: len(query[name]))
        kind = lists.pop(name, None)
        shorter = packed.packed(values[name], kind) if kind else None
        if shorter:
            query[name] = shorter
        else:
            del query[name]
    return query


def to_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as an address writes them."""
    return {name: _text(value) for name, value in values.items()}


def from_json(states: States, given: Mapping[str, Any]) -> tuple[list[State], list[str]]:
    """These states with the values that are given, and the names of what was left out.

    What is unknown is left out, as well as what its declaration does not allow.
    """
    known = {name_of(each): (place, each) for place, state in enumerate(states)
             for each in state.declared()}  # fmt: skip
    made, left_out = list(states), []
    for name, value in given.items():
        if name not in known:
            left_out.append(name)
            continue
        place, declared = known[name]
        try:
            if isinstance(value, str) and len(value) > LONGEST_TEXT:
                raise ValueError("too long")
            json.dumps(value, ensure_ascii=False, default=str).encode()  # half a character has none
            if declared.items is str and isinstance(value, list):
                value = list(dict.fromkeys(map(str, value)))  # a name twice is a name
            made[place] = replace(made[place], **{declared.name: value})
        except (UserError, ValueError):
            left_out.append(name)
    return made, left_out


def from_query(states: States, query: Mapping[str, str]) -> tuple[list[State], list[str]]:
    """The same for the query of an address, in which every value is a text."""
    declared = {name_of(each): each for state in states for each in state.declared()}
    given, left_out = {}, []
    for name, text in query.items():
        try:
            given[name] = _read(declared[name], text)
        except (KeyError, ValueError):
            left_out.append(name)
    made, impossible = from_json(states, given)
    return made, left_out + impossible


def _chosen(declared: Option, text: str) -> str:
    """The choice that a text stands for: addresses from before have what it was called."""
    spelt = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")
    ways = (text, FORMER.get(text, ""), spelt, spelt.replace("-", "_"))
    return next((each for each in ways if each in declared.choices), text)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    if isinstance(value, list):
        return ",".join(_text(each).replace("%", "%25").replace(",", "%2C") for each in value)
    if isinstance(value, Mapping):
        return ";".join(f"{name}:{_text(each)}" for name, each in value.items())
    return str(value)


def _read(declared: Option, text: str) -> Any:
    """The value that a text stands for.

    Raises:
        ValueError: it stands for none of this kind.
    """
    if len(text) > LONGEST_GIVEN:
        raise ValueError("too long")
    if declared.choices and declared.kind is not tuple:
        return _chosen(declared, text)
    if declared.kind is bool:
        return {"true": True, "false": False}[text.lower()]
    if declared.kind is tuple and declared.choices:
        return [_chosen(declared, each) for each in text.split(",") if each]
    if declared.kind is tuple and text.startswith(packed.MARK) and declared.items in packed.PARTS:
        return packed.unpacked(text, declared.items)
    if declared.kind is tuple:
        return [_number(declared.items, unquote(each)) for each in text.split(",") if each]
    if declared.kind is dict:
        pairs = (each.partition(":") for each in text.split(";") if each)
        return {name: _any(value) for name, _, value in pairs}
    return _number(declared.kind, text)


def _number(kind: type, text: str) -> Any:
    return kind(text.replace(",", "")) if kind is int else kind(text)


def _any(text: str) -> Any:
    """A value of a kind that its declaration alone knows."""
    if text in ("true", "false"):
        return text == "true"
    if "," in text:
        return [_any(each) for each in text.split(",") if each]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
