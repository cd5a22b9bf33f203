"""Options declared once, as a frozen dataclass, with bounds and help.

The command line and the app build their forms from the same declaration, and a value from
outside (a card, an address, a form) is checked against it when the dataclass is made.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from ae_core.errors import UserError
from ae_core.texts import N_, _, ngettext, shortened

Bound = int | float | None

LONGEST: dict[type, int] = {int: 32, float: 4096, str: 1000}
"""What a list can hold, and how many of it where its option does not say."""

TAKES: dict[type, str] = {
    int: N_("{name} is {value}; it takes a whole number."),
    float: N_("{name} is {value}; it takes a number."),
    bool: N_("{name} is {value}; it takes true or false."),
    str: N_("{name} is {value}; it takes text."),
    dict: N_("{name} is {value}; it takes values by their names."),
}
TAKES_OTHER = N_("{name} is {value}; it takes a {kind}.")
TAKES_LIST: dict[type, str] = {
    int: N_("{name} is {value}; it takes a list of whole numbers."),
    float: N_("{name} is {value}; it takes a list of numbers."),
    str: N_("{name} is {value}; it takes a list of texts."),
}
"""What is said of a value of another kind."""

# Where each method is checked by itself, in the tests, `Self` has no meaning.
Kind = TypeVar("Kind", bound="Options")


def option(
    default: Any,
    help: str,
    *,
    low: Bound = None,
    high: Bound = None,
    most: int | None = None,
    flag: str = "",
) -> Any:
    """A dataclass field with help for people and, for numbers, inclusive bounds.

    `most` is how many a list can hold; `flag` is what it is called on the command line, where that
    is not its name.
    """  # fmt: skip
    metadata = {"help": help, "low": low, "high": high, "most": most, "flag": flag}
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Option:
    """One option as a form sees it.

    `kind` is int, float, bool, str, dict for named values, tuple for a list of `items`, which are
    int, float or str, or another class. One that `can_be_none` takes None too. Where there are
    `choices`, a text is one of them, or the items of a list are.
    """

    name: str
    kind: Any
    default: Any
    help: str
    low: Bound
    high: Bound
    choices: tuple[str, ...]
    items: type
    most: int | None
    can_be_none: bool
    flag: str


class Options:
    """Base of every declared set of options: checks values, reads and writes plain dicts.

    A whole number is taken for a float and becomes one.
    """

    def __post_init__(self) -> None:
        for declared in self.declared():
            value = checked(declared, getattr(self, declared.name))
            object.__setattr__(self, declared.name, value)

    @classmethod
    def declared(cls) -> list[Option]:
        """The options in the order of their declaration."""
        return list(_declared(cls))  # type: ignore[arg-type]  # a class can be hashed

    @classmethod
    def declaration(cls, name: str) -> Option:
        """The declaration of one option."""
        return next(declared for declared in cls.declared() if declared.name == name)

    @classmethod
    def from_dict(cls: type[Kind], values: Mapping[str, Any]) -> Kind:  # noqa: PYI019
        """Make the options from plain values, as JSON holds them.

        Raises:
            UserError: an unknown option, a value of the wrong kind, or one out of bounds.
        """
        known = {declared.name: declared for declared in cls.declared()}
        if unknown := sorted(set(values) - set(known)):
            names = ", ".join(map(shortened, unknown[:3]))
            if not known:
                raise UserError(_("There is no option {names}. There are: none.", names=names))
            message = _("There is no option {names}. There are: {known}.", names=names,
                        known=", ".join(known))  # fmt: skip
            raise UserError(message)
        return cls(**{name: checked(known[name], value) for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """The same values as JSON can hold them."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()  # type: ignore[call-overload]
        }


def words_for(flag: str, value: Any) -> list[str]:
    """The words that give a value on the command line: `--widths 64,32`, `--no-guard`."""
    if isinstance(value, bool):
        return [flag if value else flag.replace("--", "--no-", 1)]
    if isinstance(value, (list, tuple)):
        return [flag, ",".join(map(str, value))]
    return [flag, str(value)]


def flag_of(name: str) -> str:
    """What an option of that name is called on the command line."""
    return f"--{name.replace('_', '-')}"


@cache
def _declared(options: type) -> tuple[Option, ...]:
    hints = get_type_hints(options)
    return tuple(_option(each, hints[each.name]) for each in fields(options))


def _option(declared: Field[Any], hint: Any) -> Option:
    can_be_none = get_origin(hint) is UnionType and NoneType in get_args(hint)
    if can_be_none:
        (hint,) = (kind for kind in get_args(hint) if kind is not NoneType)
    origin, arguments = get_origin(hint), get_args(hint)
    item = arguments[0] if origin is tuple else int
    choices = arguments if origin is Literal else get_args(item)
    default = declared.default
    if declared.default_factory is not MISSING:
        default = declared.default_factory()
    return Option(
        name=declared.name,
        kind={Literal: str, tuple: tuple, Mapping: dict}.get(origin, hint),
        default=None if default is MISSING else default,
        help=declared.metadata.get("help", ""),
        low=declared.metadata.get("low"),
        high=declared.metadata.get("high"),
        choices=choices,
        items=str if choices else item,
        most=declared.metadata.get("most"),
        can_be_none=can_be_none,
        flag=declared.metadata.get("flag") or flag_of(declared.name),
    )


def checked(declared: Option, value: Any) -> Any:
    """The value in its declared kind.

    Raises:
        UserError: the declaration does not allow it.
    """
    kind = declared.kind
    if value is None and declared.can_be_none:
        return None
    if declared.choices and kind is not tuple:
        return _chosen(declared, value)
    if kind is dict:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise _refused(TAKES[dict], declared, value)
        return dict(value)
    if kind is not tuple:
        return _checked_single(declared, kind, value)
    most = declared.most or LONGEST[declared.items]
    if not isinstance(value, (tuple, list)):
        raise _refused(TAKES_LIST[declared.items], declared, value)
    if len(value) > most:
        raise UserError(
            _(
                "{name} has {items}; it can have up to {most:,}.",
                name=declared.name,
                items=_counted(declared.items, len(value)),
                most=most,
            )
        )
    if declared.choices:
        return tuple(_chosen(declared, each) for each in value)
    return tuple(_checked_single(declared, declared.items, each) for each in value)


def _chosen(declared: Option, value: Any) -> Any:
    if value not in declared.choices:
        choices = ", ".join(declared.choices)
        raise _refused(
            N_("{name} is {value}; it can be {choices}."), declared, value, choices=choices
        )
    return value


def _checked_single(declared: Option, kind: type, value: Any) -> Any:
    good = isinstance(value, (int, float) if kind is float else kind)
    if not good or (isinstance(value, bool) and kind is not bool):
        raise _refused(TAKES.get(kind, TAKES_OTHER), declared, value, kind=kind.__name__)
    low, high = declared.low, declared.high
    if kind in (int, float) and not _within(value, low, high):
        raise _refused(_bounds(low, high), declared, value, low=low, high=high)
    return float(value) if kind is float else value


def _within(number: Any, low: Bound, high: Bound) -> bool:
    """Whether a number is in its bounds and finite: these comparisons fail for NaN."""
    least = -sys.float_info.max if low is None else low
    most = sys.float_info.max if high is None else high
    return least <= number <= most


def _bounds(low: Bound, high: Bound) -> str:
    """What is said of a number outside of these."""
    if low is None and high is None:
        return N_("{name} is {value}; it can be any finite number.")
    if high is None:
        return N_("{name} is {value}; it can be {low} or more.")
    if low is None:
        return N_("{name} is {value}; it can be {high} or less.")
    return N_("{name} is {value}; it can be {low} to {high}.")


def _counted(items: type, count: int) -> str:
    if items is int:
        return ngettext("{count:,} whole number", "{count:,} whole numbers", count)
    if items is float:
        return ngettext("{count:,} number", "{count:,} numbers", count)
    return ngettext("{count:,} text", "{count:,} texts", count)


def _refused(message: str, declared: Option, value: Any, **values: Any) -> UserError:
    """The error that says what a value can be."""
    return UserError(_(message, name=declared.name, value=shortened(value), **values))
