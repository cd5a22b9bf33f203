"""Options declared once: bounds, kinds, and the way to JSON and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from ae_core.errors import UserError
from ae_core.options import Options, option, words_for


class Tray:
    """Something of its own kind."""


@dataclass(frozen=True)
class Kettle(Options):
    cups: int = option(2, "How many cups", low=1, high=100_000)
    heat: float = option(0.5, "How hot", low=0, high=1)
    drift: float = option(0.0, "No bounds at all")
    least: int = option(3, "Bounded below", low=2)
    lid: bool = option(True, "Whether it is closed")
    tea: Literal["green", "black"] = option("green", "Which tea")
    label: str = option("", "What it says")
    sizes: tuple[int, ...] = option((8, 4), "Sizes of the cups", low=1, high=9)
    minutes: float | None = option(None, "How long it boils", low=1, high=60)
    guests: tuple[str, ...] = option((), "Who comes")
    extras: Mapping[str, Any] = option({}, "What else there is")
    tray: Tray | None = option(None, "What it stands on", flag="--on")


def message(**values: Any) -> str:
    with pytest.raises(UserError) as caught:
        Kettle.from_dict(values)
    return str(caught.value)


def test_the_defaults_are_allowed() -> None:
    assert Kettle.from_dict({}) == Kettle()


@pytest.mark.parametrize(("name", "value"), [("cups", 1), ("cups", 100_000), ("heat", 0.0)])
def test_bounds_are_inclusive(name: str, value: float) -> None:
    assert getattr(Kettle.from_dict({name: value}), name) == value


def test_a_number_out_of_bounds_is_refused_with_the_bounds_in_full() -> None:
    assert message(cups=100_001) == "cups is 100001; it can be 1 to 100000."
    assert message(heat=1.5) == "heat is 1.5; it can be 0 to 1."
    assert message(least=1) == "least is 1; it can be 2 or more."


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["heat", "drift"])
def test_only_finite_numbers_are_taken_with_bounds_or_without(name: str, value: float) -> None:
    assert f"{name} is {value}; it can be" in message(**{name: value})


def test_a_whole_number_is_a_number_but_not_the_other_way_round() -> None:
    assert repr(Kettle(heat=1).heat) == repr(Kettle.from_dict({"heat": 1}).heat) == "1.0"
    assert message(cups=2.0) == "cups is 2.0; it takes a whole number."


def test_a_bool_is_neither_a_whole_number_nor_a_number() -> None:
    assert message(cups=True) == "cups is True; it takes a whole number."
    assert message(heat=False) == "heat is False; it takes a number."
    assert message(sizes=[3, True]) == "sizes is True; it takes a whole number."


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("cups", "2", "a whole number"),
        ("heat", None, "a number"),
        ("lid", 1, "true or false"),
        ("label", 7, "text"),
        ("sizes", 3, "a list of whole numbers"),
        ("sizes", [1.5], "a whole number"),
        ("label", ["a"], "text"),
        ("sizes", "34", "a list of whole numbers"),
        ("cups", {"a": 1}, "a whole number"),
        ("minutes", "long", "a number"),
        ("guests", "ann", "a list of texts"),
        ("guests", ["ann", 7], "text"),
        ("extras", [1], "values by their names"),
        ("extras", {1: 2}, "values by their names"),
        ("tray", "silver", "a Tray"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, value: Any, wanted: str) -> None:
    assert message(**{name: value}).endswith(f"; it takes {wanted}.")


def test_every_number_of_a_tuple_is_within_the_bounds() -> None:
    assert message(sizes=[1, 10, 2]) == "sizes is 10; it can be 1 to 9."


@pytest.mark.parametrize("value", ["red", 1, None, ["green"], {}])
def test_a_choice_is_one_of_those_listed(value: Any) -> None:
    assert message(tea=value).endswith("; it can be green, black.")


def test_an_unknown_option_is_refused_and_the_known_ones_are_listed() -> None:
    assert message(cup=2) == (
        "There is no option 'cup'. There are: cups, heat, drift, least, lid, tea, label, sizes,"
        " minutes, guests, extras, tray."
    )


def test_none_is_taken_where_it_is_declared_and_numbers_keep_their_bounds() -> None:
    assert Kettle().minutes is Kettle(minutes=None).minutes is None
    assert repr(Kettle(minutes=2).minutes) == "2.0"
    assert message(minutes=0.5) == "minutes is 0.5; it can be 1 to 60."
    assert message(cups=None) == "cups is None; it takes a whole number."


def test_named_values_and_lists_are_copies_of_what_was_given() -> None:
    extras, guests = {"milk": [1, 2]}, ["ann", "bob"]
    kettle = Kettle(extras=extras, guests=guests, tray=(tray := Tray()))  # type: ignore[arg-type]
    extras["sugar"] = []
    guests.append("eve")
    assert (kettle.extras, kettle.guests, kettle.tray) == ({"milk": [1, 2]}, ("ann", "bob"), tray)
    assert Kettle().extras == {}
    assert Kettle().extras is not Kettle().extras


def test_a_list_that_is_too_long_is_refused() -> None:
    assert message(sizes=[1] * 33) == "sizes has 33 whole numbers; it can have up to 32."
    assert message(guests=["ann"] * 1001) == "guests has 1,001 texts; it can have up to 1,000."


def test_a_value_is_given_on_the_command_line_by_its_flag() -> None:
    assert words_for("--sizes", (8, 4)) == ["--sizes", "8,4"]
    assert words_for("--lid", True) == ["--lid"]
    assert words_for("--lid", False) == ["--no-lid"]
    assert words_for("--heat", 0.5) == ["--heat", "0.5"]


def test_a_message_stays_short_and_plain_whatever_came_in() -> None:
    assert len(message(label=["x" * 10**6])) < 200
    assert len(message(tea="x" * 10**6)) < 200
    assert len(message(**{f"{'x' * 10**5}{number}": 1 for number in range(99)})) < 300
    assert message(tea="\u202eneerg\n").isprintable()


def test_values_survive_the_way_through_json() -> None:
    kettle = Kettle(cups=5, heat=0.25, lid=False, tea="black", label="é", sizes=())
    assert Kettle.from_dict(json.loads(json.dumps(kettle.to_dict()))) == kettle
    assert Kettle.from_dict(json.loads(json.dumps(Kettle().to_dict()))) == Kettle()


def test_the_declaration_says_what_a_form_needs() -> None:
    declared = {each.name: each for each in Kettle.declared()}
    assert {name: each.kind for name, each in declared.items()} == {
        "cups": int, "heat": float, "drift": float, "least": int, "lid": bool, "tea": str,
        "label": str, "sizes": tuple, "minutes": float, "guests": tuple, "extras": dict,
        "tray": Tray,
    }  # fmt: skip
    assert (declared["sizes"].items, declared["guests"].items) == (int, str)
    assert [name for name, each in declared.items() if each.can_be_none] == ["minutes", "tray"]
    assert (declared["sizes"].flag, declared["tray"].flag) == ("--sizes", "--on")
    assert Kettle.declaration("heat") == declared["heat"]
    assert declared["tea"].choices == ("green", "black")
    assert (declared["cups"].low, declared["cups"].high, declared["cups"].default) == (
        1,
        100_000,
        2,
    )
    assert declared["heat"].help == "How hot"
