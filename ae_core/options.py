"""Options declared once, as a frozen dataclass, with bounds and help.

The command line and the app build their forms from the same declaration, and a value from
outside (a card, an address, a form) is checked against it when the dataclass is made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Self, get_args, get_origin, get_type_hints

from ae_core.errors import UserError


def option(default: Any, help: str, *, low: float | None = None, high: float | None = None) -> Any:
    """A dataclass field with help for people and, for numbers, inclusive bounds."""
    return field(default=default, metadata={"help": help, "low": low, "high": high})


@dataclass(frozen=True)
class Option:
    """One option as a form sees it. `kind` is int, float, bool, str or a tuple of ints."""

    name: str
    kind: Any
    default: Any
    help: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]


class Options:
    """Base of every declared set of options: checks values, reads and writes plain dicts."""

    def __post_init__(self) -> None:
        for declared in self.declared():
            declared_check(type(self), declared, getattr(self, declared.name))

    @classmethod
    def declared(cls) -> list[Option]:
        """The options in the order of their declaration."""
        hints = get_type_hints(cls)
        return [
            Option(
                name=f.name,
                kind=hints[f.name] if not get_args(hints[f.name]) else _kind(hints[f.name]),
                default=None if f.default is MISSING else f.default,
                help=f.metadata.get("help", ""),
                low=f.metadata.get("low"),
                high=f.metadata.get("high"),
                choices=_choices(hints[f.name]),
            )
            for f in fields(cls)  # type: ignore[arg-type]
        ]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make the options from plain values, as JSON holds them.

        Raises:
            UserError: an unknown option, a value of the wrong kind, or one out of bounds.
        """
        known = {declared.name: declared for declared in cls.declared()}
        if unknown := sorted(set(values) - set(known)):
            raise UserError(
                f"There is no option {', '.join(unknown)}. There are: {', '.join(known) or 'none'}."
            )
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """The same values as JSON can hold them."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()  # type: ignore[call-overload]
        }


def declared_check(owner: type, declared: Option, value: Any) -> None:
    """Refuse a value that its declaration does not allow."""
    name = declared.name
    if declared.choices:
        if value not in declared.choices:
            raise UserError(f"{name} is {value!r}; it can be {', '.join(declared.choices)}.")
        return
    if declared.kind is tuple:
        if not isinstance(value, tuple):
            raise UserError(f"{name} is {value!r}; it takes a list of whole numbers.")
        numbers: tuple[Any, ...] = value
        expected: type = int
    else:
        numbers, expected = (value,), declared.kind
    for number in numbers:
        good = isinstance(number, (int, float) if expected is float else expected)
        if not good or (isinstance(number, bool) and expected is not bool):
            raise UserError(f"{name} is {value!r}; it takes {_described(expected)}.")
        if expected in (int, float):
            low = -math.inf if declared.low is None else declared.low
            high = math.inf if declared.high is None else declared.high
            if not low <= number <= high:
                raise UserError(f"{name} is {number}; it can be {low:g} to {high:g}.")


def _kind(hint: Any) -> Any:
    return tuple if get_origin(hint) is tuple else str


def _choices(hint: Any) -> tuple[str, ...]:
    return () if get_origin(hint) is tuple else get_args(hint)


def _described(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text")
