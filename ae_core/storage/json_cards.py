"""Reads cards: the JSON descriptions of our folders, validated as untrusted.

Every field's type is checked against the card's dataclass, its numbers against the bounds that it
declares there, its texts are made such that they can be shown, and a caller checks the claims.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from ae_core.errors import UserError
from ae_core.settings import MAX_HEADER_BYTES, SETS_FOLDER
from ae_core.storage.plain_text import one_line, printable
from ae_core.texts import Text, _, shortened

MAX_SIDE = 256
"""Longest side of an image that any card may claim, pixels."""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""The name of a checkpoint, a classifier or an image set, and so of its folder."""

LARGEST = 1e15
"""Largest number that any card may hold, by its magnitude: of larger ones floats skip some."""

LONGEST = 100_000
"""Most letters of a text on any card."""

DEEPEST = 6
"""How often a value on a card is inside of another one."""

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Within:
    """The bounds of a number on a card, inclusive."""

    low: int | float
    high: int | float


Count = Annotated[int, Within(0, 10**12)]
Seconds = Annotated[float, Within(0, 10**9)]


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a checkpoint, and so of a folder.

    Raises:
        UserError: it has other characters, or too many.
    """
    if not NAME.fullmatch(name):
        raise UserError(
            _(
                "{name} cannot be a checkpoint's name. Use up to 64 small letters, digits and"
                " hyphens.",
                name=shortened(name),
            )
        )


def read_json_card(
    folder: Path, file_name: str, kind: type[Kind], check: Callable[[Path, Kind], None]
) -> Kind:
    """A card of any kind of folder; `check` raises ValueError where its claims do not hold.

    Raises:
        UserError: there is none, or it is not one.
    """
    try:
        values = json.loads(read_bytes(folder / file_name, MAX_HEADER_BYTES))
        made = _made_card(kind, _plain(values))
        check(folder, made)
    except (ValueError, RecursionError) as failure:
        reason = failure.args[0] if failure.args else ""
        if isinstance(failure, RecursionError):
            reason = _("it is nested too deeply")
        if not isinstance(reason, Text):
            reason = one_line(str(failure).rstrip("."), 200)
        said = _("its {file} is not a card ({reason})", file=file_name, reason=reason)
        raise broken(folder, said) from failure
    return made


def _plain(value: Any, depth: int = 0) -> Any:
    """A value from JSON, whose numbers are possible and whose texts can be shown."""
    if depth > DEEPEST:
        raise ValueError(_("it is nested too deeply"))
    if isinstance(value, dict):
        return {printable(key): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, str) and len(value) <= LONGEST:
        return printable(value)
    # This comparison fails for NaN.
    if isinstance(value, bool | None) or (
        isinstance(value, int | float) and -LARGEST <= value <= LARGEST
    ):
        return value
    raise ValueError(_("it holds {value}", value=shortened(value)))


def _made_card(kind: type[Kind], values: Any) -> Kind:
    """The card with these values from JSON, which may be anything."""
    hints, optional = _fields(kind)  # type: ignore[arg-type]  # a class can be hashed
    if not isinstance(values, dict):
        raise ValueError(_("it is no object"))
    if odd := sorted(values.keys() - hints.keys()) or sorted(hints.keys() - values - optional):
        raise ValueError(_("{field} is missing or unknown", field=shortened(odd[0])))
    return kind(**{name: _of_type(hints[name], value, name) for name, value in values.items()})


@cache
def _fields(kind: type[Any]) -> tuple[dict[str, Any], set[str]]:
    """The type of each field of a card, and the names of those that may be missing."""
    missing = (MISSING, MISSING)
    optional = {f.name for f in fields(kind) if (f.default, f.default_factory) != missing}
    return get_type_hints(kind, include_extras=True), optional


def _of_type(hint: Any, value: Any, name: str) -> Any:
    """A value from JSON in the type that a field of the card declares."""
    kind, inside = get_origin(hint) or hint, get_args(hint)
    if kind is Annotated:
        of_type, bounds = _of_type(inside[0], value, name), inside[1]
        if bounds.low <= of_type <= bounds.high:
            return of_type
    if kind is UnionType:
        return None if value is None else _of_type(inside[0], value, name)
    if kind is dict and isinstance(value, dict):
        return {key: _of_type(inside[1], each, name) for key, each in value.items()}
    if kind is list and isinstance(value, list):
        return [_of_type(inside[0], each, name) for each in value]
    if kind is tuple and isinstance(value, list) and len(value) == len(inside):
        return tuple(_of_type(*pair, name) for pair in zip(inside, value, strict=True))
    if kind is float and type(value) in (int, float):
        return float(value)
    if kind is Any or type(value) is kind:
        return value
    raise ValueError(_("{field} is {value}", field=name, value=shortened(value)))


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a file of at most `limit` bytes.

    Raises:
        UserError: it is missing or larger.
    """
    try:
        if (size := path.stat().st_size) > limit:
            raise broken(
                path.parent, _("{file} is too large ({size:,} bytes)", file=path.name, size=size)
            )
        return path.read_bytes()
    except OSError as failure:
        raise broken(
            path.parent,
            _("{file} cannot be read ({reason})", file=path.name, reason=failure.strerror),
        ) from failure


def broken(folder: Path, reason: str) -> UserError:
    """The error for a folder that is not a checkpoint, or not an image set; why is its end."""
    name = printable(folder.name[:64])
    if folder.parent.name == SETS_FOLDER:
        return UserError(
            _("The folder {name!r} is not a whole image set: {reason}.", name=name, reason=reason)
        )
    return UserError(
        _("The folder {name!r} is not a whole checkpoint: {reason}.", name=name, reason=reason)
    )


def other_format(found: int, known: int) -> str:
    """Why a card is not read that another version wrote, as a part of a sentence."""
    return _("format {found}; this version reads {known}", found=shortened(found), known=known)
