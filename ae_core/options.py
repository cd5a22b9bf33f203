"""Options declared once, as a frozen dataclass, with bounds and help.

The command line and the app build their forms from the same declaration, and a value from
outside (a card, an address, a form) is checked against it when the dataclass is made.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cache
from reprlib import repr as shortened
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ae_core.errors import UserError

Bound = int | float | None

LONGEST_LIST = 32

# Where each method is checked by itself, in the tests, `Self` has no meaning.
Kind = TypeVar("Kind", bound="Options")


def option(default: Any, help: str, *, low: Bound = None, high: Bound = None) -> Any:
    """A dataclass field with help for people and, for numbers, inclusive bounds."""
    return field(default=default, metadata={"help": help, "low": low, "high": high})


@dataclass(frozen=True)
class Option:
    """One option as a form sees it. `kind` is int, float, bool, str or a tuple of ints."""

    name: str
    kind: Any
    default: Any
    help: str
    low: Bound
    high: Bound
    choices: tuple[str, ...]


class Options:
    """Base of every declared set of options: checks values, reads and writes plain dicts.

    A whole number is taken for a float and becomes one.
    """

    def __post_init__(self) -> None:
        for declared in self.declared():
            value = _checked(declared, getattr(self, declared.name))
            object.__setattr__(self, declared.name, value)

    @classmethod
    def declared(cls) -> list[Option]:
        """The options in the order of their declaration."""
        return list(_declared(cls))  # type: ignore[arg-type]  # a class can be hashed

    @classmethod
    def from_dict(cls: type[Kind], values: Mapping[str, Any]) -> Kind:  # noqa: PYI019
        """Make the options from plain values, as JSON holds them.

        Raises:
            UserError: an unknown option, a value of the wrong kind, or one out of bounds.
        """
        known = {declared.name: declared for declared in cls.declared()}
        if unknown := sorted(set(values) - set(known)):
            names = ", ".join(map(shortened, unknown[:3]))
            raise UserError(f"There is no option {names}. There are: {', '.join(known) or 'none'}.")
        return cls(**{name: _checked(known[name], value) for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """The same values as JSON can hold them."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()  # type: ignore[call-overload]
        }


@cache
def _declared(options: type) -> tuple[Option, ...]:
    hints = get_type_hints(options)
    return tuple(
        Option(
            name=f.name,
            kind=hints[f.name] if not get_args(hints[f.name]) else _kind(hints[f.name]),
            default=None if f.default is MISSING else f.default,
            help=f.metadata.get("help", ""),
            low=f.metadata.get("low"),
            high=f.metadata.get("high"),
            choices=_choices(hints[f.name]),
        )
        for f in fields(options)
    )


def _checked(declared: Option, value: Any) -> Any:
    """The value in its declared kind; refused if the declaration does not allow it."""
    name, kind = declared.name, declared.kind
    if declared.choices:
        if value not in declared.choices:
            allowed = ", ".join(declared.choices)
            raise UserError(f"{name} is {shortened(value)}; it can be {allowed}.")
        return value
    if kind is not tuple:
        return _checked_single(declared, kind, value)
    if not isinstance(value, (tuple, list)):
        raise UserError(f"{name} is {shortened(value)}; it takes a list of whole numbers.")
    if len(value) > LONGEST_LIST:
        raise UserError(f"{name} has {len(value):,} numbers; it can have up to {LONGEST_LIST}.")
    return tuple(_checked_single(declared, int, number) for number in value)


def _checked_single(declared: Option, kind: type, value: Any) -> Any:
    good = isinstance(value, (int, float) if kind is float else kind)
    if not good or (isinstance(value, bool) and kind is not bool):
        raise UserError(f"{declared.name} is {shortened(value)}; it takes {_described(kind)}.")
    if kind in (int, float) and not _within(value, declared.low, declared.high):
        allowed = _described_bounds(declared.low, declared.high)
        raise UserError(f"{declared.name} is {shortened(value)}; it can be {allowed}.")
    return float(value) if kind is float else value


def _within(number: Any, low: Bound, high: Bound) -> bool:
    """Whether a number is in its bounds and finite: these comparisons fail for NaN."""
    least = -sys.float_info.max if low is None else low
    most = sys.float_info.max if high is None else high
    return least <= number <= most


def _described_bounds(low: Bound, high: Bound) -> str:
    if low is None and high is None:
        return "any finite number"
    if high is None:
        return f"{low} or more"
    return f"{high} or less" if low is None else f"{low} to {high}"


def _kind(hint: Any) -> Any:
    return tuple if get_origin(hint) is tuple else str


def _choices(hint: Any) -> tuple[str, ...]:
    return () if get_origin(hint) is tuple else get_args(hint)


def _described(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text")
