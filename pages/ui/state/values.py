"""What a value of a page's state is: its name in an address, its bounds, its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ae_core.options import Bound, Option, Options, option

MOST_NUMBER = 10**7
"""More than any image set has images."""

MOST_DRAW = 10**6

MOST_IN_CODE = 10_000
"""The largest number of a code; `ae_core.latent` would load torch before the first paint."""

MOST_DRAWN = 10_000
"""Numbers of a drawing, and more than any of them is."""

MOST_IN_GROUP = 10_000
"""Images of a group that was lassoed."""

MOST_GROUPS = 8
"""Groups that have a name."""


def value(
    default: Any,
    help: str,
    *,
    name: str = "",
    low: Bound = None,
    high: Bound = None,
    most: int | None = None,
) -> Any:
    """A field that stands in the address as `name`: see `ae_core.options.option`."""
    return option(default, help, low=low, high=high, most=most, flag=name)


def number(help: str, *, name: str = "", default: int = 0) -> Any:
    """A field for the number of an image."""
    return value(default, help, name=name, low=0, high=MOST_NUMBER)


def group(help: str) -> Any:
    """A field for the numbers of some images."""
    return value((), help, low=0, high=MOST_NUMBER, most=MOST_IN_GROUP)


def draw(help: str, *, name: str = "") -> Any:
    """A field for which of many random draws is shown."""
    return value(0, help, name=name, low=0, high=MOST_DRAW)


def name_of(declared: Option) -> str:
    """What a value is called in an address."""
    return declared.flag.removeprefix("--")


@dataclass(frozen=True)
class State(Options):
    """Base of all that can be set: what belongs together is one class."""
