"""Commands made from declared options: each a flag with its help and its bounds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ae_core import noise
from ae_core.cli.output import Json
from ae_core.errors import UserError
from ae_core.noise import Noise
from ae_core.options import Option
from ae_core.texts import _

HOW = {
    "device": (Annotated[str, typer.Option(help="auto, cpu or cuda.")], "auto"),
    "into": (Annotated[Path | None, typer.Option(help="Folder to keep it in.")], None),
    "resume": (Annotated[bool, typer.Option("--resume", help="Resume a stopped run.")], False),
    "replace": (
        Annotated[bool, typer.Option("--replace", help="Replace what has the name already.")],
        False,
    ),
    "as_json": (Json, False),
}
"""What is asked of every run beside its spec."""


def parameter(option: Option, *, is_override: bool = False) -> inspect.Parameter:
    """The command line's option for a declared one; an override that is not given is None."""
    kind = option.kind if option.kind in (int, float, bool) else str
    default = None if is_override or option.can_be_none else option.default
    if kind is str and not is_override:
        default = option.default if isinstance(option.default, str) else ""
    choices = f": {', '.join(option.choices)}" if option.choices else ""
    low, high = (option.low, option.high) if kind in (int, float) else (None, None)
    flags = option.flag
    if kind is bool and is_override:
        flags += option.flag.replace("--", "/--no-", 1)
    shown = typer.Option(flags, help=f"{option.help}{choices}.", min=low, max=high)
    hint: Any = kind | None if default is None else kind
    return _keyword(option.name, Annotated[hint, shown], default)


def argument(option: Option) -> inspect.Parameter:
    """The argument of the command line for a declared option."""
    hint = Annotated[str, typer.Argument(help=f"{option.help}.")]
    return _keyword(option.name, hint, inspect.Parameter.empty)


def add_command(
    app: typer.Typer,
    name: str,
    help: str,
    parameters: Sequence[inspect.Parameter],
    call: Callable[..., None],
    how: Mapping[str, Any] = HOW,
) -> None:
    """Add a command that gives the values of these parameters, and of `how`, to `call`."""

    def command(**values: Any) -> None:
        call(**values)

    whole = [*parameters, *(_keyword(name, hint, default) for name, (hint, default) in how.items())]
    command.__signature__ = inspect.Signature(whole)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in whole}
    app.command(name=name, help=help)(command)


def taken(declared: Iterable[Option], values: dict[str, Any]) -> dict[str, Any]:
    """Take the values of these options out of those of a command; what was not given is left out.

    Raises:
        UserError: a text is not what its option takes.
    """
    found = {each.name: read(each, values.pop(each.name, None)) for each in declared}
    return {name: value for name, value in found.items() if value is not None}


def read(option: Option, given: Any) -> Any:
    """A value from the command line in its option's kind.

    Raises:
        UserError: it is a text, and not what the option takes.
    """
    if option.kind is Noise:
        return noise.from_text(given) if given else None
    if option.kind is not tuple or given is None:
        return given
    if not given and not option.default:
        return ()
    if option.items is str:
        return tuple(filter(None, given.split(",")))
    try:
        return tuple(option.items(part) for part in given.split(","))
    except ValueError as failure:
        if option.items is float:
            raise UserError(_("{text!r} is not a list of numbers.", text=given)) from failure
        raise UserError(_("{text!r} is not a list of whole numbers.", text=given)) from failure


def _keyword(name: str, hint: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
