"""Forms made from declared options: every option with its help and its bounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from ae_core.errors import UserError
from ae_core.options import Option, checked
from ae_core.texts import _
from pages.ui.state import current
from pages.ui.state.values import State, name_of


def options(
    declared: Sequence[Option],
    preset: Mapping[str, Any],
    group: type[State],
    field: str,
    *,
    leave_out: Collection[str] = (),
) -> dict[str, Any]:
    """A control for each option, and those values that differ from the preset's.

    Raises:
        UserError: a list of numbers holds something else, or numbers out of bounds.
    """
    for name in set(getattr(current.of(group), field)) - {option.name for option in declared}:
        current.leave_out_option(group, field, name)
    shown = [option for option in declared if option.name not in leave_out]
    for start in range(0, len(shown), 3):
        for place, option in zip(st.columns(3), shown[start : start + 3], strict=False):
            with place:
                one(option, preset[option.name], group, field)
    given = {option: value_of(option, preset[option.name], group, field) for option in shown}
    return {
        option.name: value for option, value in given.items()
        if value != checked(option, preset[option.name])
    }  # fmt: skip


def value_of(option: Option, preset: Any, group: type[State], field: str) -> Any:
    """The value of an option in the mapping `field`; the preset's until another one is chosen.

    Raises:
        UserError: a list of numbers holds something else, or numbers out of bounds.
    """
    given = getattr(current.of(group), field).get(option.name, preset)
    if option.kind is tuple:
        return checked(option, whole_numbers(_as_text(given)))
    try:
        return checked(option, given)
    except UserError:
        current.leave_out_option(group, field, option.name)
        return preset


def bound(
    option: Option, preset: Any, shown: Any, group: type[State], field: str
) -> dict[str, Any]:
    """What ties a widget to an option in the mapping `field`: see `current.widget`."""
    key = f"{name_of(group.declaration(field))}-{option.name}"
    told = current.tell(key, shown, (preset, option.low, option.high))

    def take() -> None:
        given = dict(getattr(current.of(group), field))
        given.pop(option.name, None)
        if (value := st.session_state[key]) != preset:
            given[option.name] = _numbers_or_text(value) if option.kind is tuple else value
        current.change(group, **{field: given})

    return {**told, "on_change": take, "help": f"{_(option.help)}."}


def one(option: Option, preset: Any, group: type[State], field: str) -> None:
    """The control of one option."""
    label = option.name.replace("_", " ")
    if option.kind is tuple:
        text = _as_text(getattr(current.of(group), field).get(option.name, preset))
        st.text_input(label, **bound(option, _as_text(preset), text, group, field))
        return
    shown = value_of(option, preset, group, field)
    tied = bound(option, preset, shown, group, field)
    if option.choices:
        st.selectbox(label, option.choices, **tied)
    elif option.kind is bool:
        st.toggle(label, **tied)
    elif option.kind is float:
        st.number_input(
            label, None if option.low is None else float(option.low),
            None if option.high is None else float(option.high),
            step=float(preset) / 10 or 0.1, format="%g", **tied,
        )  # fmt: skip
    else:
        st.number_input(label, option.low, option.high, **tied)


def _as_text(given: Any) -> str:
    """A list of numbers as it is typed; an address has one of a single number as that number."""
    return ", ".join(map(str, given)) if isinstance(given, (list, tuple)) else str(given)


def _numbers_or_text(text: str) -> list[int] | str:
    """The numbers of a list; what is none stays as it is, so that it can be corrected."""
    with suppress(UserError):
        return whole_numbers(text)
    return text


def whole_numbers(text: str) -> list[int]:
    """The numbers of a list such as "256, 128".

    Raises:
        UserError: it holds something else.
    """
    try:
        return [int(part) for part in text.replace(",", " ").split()]
    except ValueError as failure:
        raise UserError(_("A list of widths takes whole numbers, such as 256, 128.")) from failure


def step(low: float, high: float) -> float:
    """How far one step of the slider of an amount goes."""
    return 0.01 if high - low <= 1 else 0.05
