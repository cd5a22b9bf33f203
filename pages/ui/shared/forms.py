"""Forms made from declared options: every option with its help and its bounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from ae_core.errors import UserError
from ae_core.options import Option


def options(
    declared: Sequence[Option],
    preset: Mapping[str, Any],
    *,
    key: str,
    leave_out: Collection[str] = (),
) -> dict[str, Any]:
    """A control for each option, and those values that differ from the preset's.

    Raises:
        UserError: a list of numbers holds something else.
    """
    given: dict[str, Any] = {}
    shown = [option for option in declared if option.name not in leave_out]
    for start in range(0, len(shown), 3):
        for place, option in zip(st.columns(3), shown[start : start + 3], strict=False):
            with place:
                value = one(option, preset[option.name], key=f"{key}-{option.name}")
            if value != preset[option.name]:
                given[option.name] = value
    return given


def one(option: Option, preset: Any, *, key: str) -> Any:
    """The control of one option.

    Raises:
        UserError: a list of numbers holds something else.
    """
    label, words = option.name.replace("_", " "), f"{option.help}."
    if option.choices:
        return st.selectbox(
            label, option.choices, option.choices.index(preset), key=key, help=words
        )
    if option.kind is bool:
        return st.toggle(label, preset, key=key, help=words)
    if option.kind is tuple:
        return whole_numbers(st.text_input(label, ", ".join(map(str, preset)), key=key, help=words))
    if option.kind is float:
        return st.number_input(
            label, None if option.low is None else float(option.low),
            None if option.high is None else float(option.high), float(preset),
            step=float(preset) / 10 or 0.1, format="%g", key=key, help=words,
        )  # fmt: skip
    return st.number_input(label, option.low, option.high, int(preset), key=key, help=words)


def whole_numbers(text: str) -> list[int]:
    """The numbers of a list such as "256, 128".

    Raises:
        UserError: it holds something else.
    """
    try:
        return [int(part) for part in text.replace(",", " ").split()]
    except ValueError as failure:
        raise UserError("A list of widths takes whole numbers, such as 256, 128.") from failure
