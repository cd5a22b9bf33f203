"""What can be set on a page: declared once, in its address and back, as JSON and back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from ae_core.latent import flat_maps
from ae_core.latent.codes import MAX_CODE
from ae_core.options import Option
from pages.ui.codes import directions
from pages.ui.denoise.bench import TITLES
from pages.ui.denoise.rounds import RESTORERS
from pages.ui.latent_space import walking
from pages.ui.shared import widgets
from pages.ui.shared.labels import LABELS, NOISES
from pages.ui.state import address
from pages.ui.state.declared import (
    PAGES,
    Code,
    Codes,
    Compare,
    Drawing,
    Images,
    Map,
    Noise,
    Picked,
    Place,
    Rounds,
    Train,
    Walk,
)
from pages.ui.state.values import MOST_DRAWN, MOST_IN_CODE, State, name_of
from pages.ui.train.break_it import WORDS
from pages.ui.train.overfitting import OTHERS
from tests.conftest import ROOT

EVERY = [
    pytest.param(page, group, declared, id=f"{page}-{name_of(declared)}")
    for page, groups in PAGES.items()
    for group in groups
    for declared in group.declared()
]


def another(declared: Option) -> Any:
    """A value that is allowed, and is not the default."""
    if declared.kind is tuple:
        return {int: [7, 9], float: [0.5, -0.25], str: list(declared.choices[:2]) or ["a", "b"]}[
            declared.items
        ]
    if declared.choices:
        return next(each for each in declared.choices if each not in (declared.default, ""))
    if declared.kind is bool:
        return not declared.default
    if declared.kind is int:
        return (declared.default or declared.low or 0) + 1
    if declared.kind is float:
        return max(0.25, declared.low or 0.0)
    return {"widths": [64, 32], "beta": 0.5} if declared.kind is dict else "name-1"


def fresh(page: str) -> list[State]:
    return [group() for group in PAGES[page]]


@pytest.mark.parametrize(("page", "group", "declared"), EVERY)
def test_every_value_goes_into_an_address_and_into_json_and_comes_back(
    page: str, group: type[State], declared: Option
) -> None:
    name, value = name_of(declared), another(declared)
    states, left_out = address.from_json(fresh(page), {name: value})
    assert not left_out
    query = address.to_query(states)
    assert list(query) == [name]
    assert address.from_query(fresh(page), query) == (states, [])
    as_json = json.loads(json.dumps(address.to_json(states)))
    assert as_json == {name: value}
    assert address.from_json(fresh(page), as_json) == (states, [])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_as_it_opens_has_no_query_and_every_name_is_one_value(page: str) -> None:
    assert address.to_query(fresh(page)) == {}
    names = [name_of(each) for group in PAGES[page] for each in group.declared()]
    assert len(names) == len(set(names))
    assert all(each.help for group in PAGES[page] for each in group.declared())


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ({"nobody": "1"}, ["nobody"]),
        ({"draw": "-1"}, ["draw"]),
        ({"draw": "1e3"}, ["draw"]),
        ({"draw": "9" * 100_000}, ["draw"]),
        ({"draw": "../../etc"}, ["draw"]),
        ({"which": "all"}, ["which"]),
        ({"which": "random", "number": "x"}, ["number"]),
        ({"class": "c" * 501}, ["class"]),
        ({"noise-strength": "nan"}, ["noise-strength"]),
        ({"noise-mean": "inf", "noise-draw": ""}, ["noise-draw", "noise-mean"]),
        ({"round": "51"}, ["round"]),
        ({"image": "-1"}, ["image"]),
    ],
)
def test_what_is_unknown_or_not_possible_is_left_out_and_the_rest_is_kept(
    query: dict[str, str], left_out: list[str]
) -> None:
    states, named = address.from_query(fresh("denoise"), query)
    assert sorted(named) == sorted(left_out)
    kept = {name: text for name, text in query.items() if name not in left_out}
    assert address.to_query(states) == kept


@pytest.mark.parametrize(
    "given",
    [{"z": [float("nan"), 0.0]}, {"z": "0,0"}, {"z": {"x": 1}}, {"view": ["codes"]}, {"model": 3},
     {"model": None}, {"model": "\ud800"}, {"beside": ["\ud800"]},
     {"beside": "abc"}, {"pair": True}, {"z": [10_001.0]}, {"": ""}],
)  # fmt: skip
def test_json_of_another_kind_is_left_out(given: dict[str, Any]) -> None:
    assert address.from_json(fresh("latent_space"), given) == (fresh("latent_space"), list(given))


def test_an_address_has_1500_characters_at_most_and_the_longest_value_goes() -> None:
    group = tuple(range(1000))
    states = [Picked("digits-dense-49"), Codes(a=group, b=(5,)), Images()]
    query = address.to_query(states)
    assert query == {"model": "digits-dense-49", "b": "5"}
    code = Code(z=tuple(-1.23456 + index for index in range(120)))
    assert len(urlencode(address.to_query([code]))) <= address.LONGEST
    assert address.to_query([Code(z=(0.5,) * 128)])["z"]
    assert address.to_json(states)["a"] == list(group)


@pytest.mark.parametrize(
    "state",
    [
        Code(z=tuple(round(-1.2345 + index / 7, 4) for index in range(200))),
        Code(z=(-1e4, 1e4, 0.0, -0.0001) * 60),
        Drawing(strokes=(0, -1, 1, 31, -32, 280, -MOST_DRAWN, MOST_DRAWN) * 50),
    ],
)
def test_a_list_that_is_too_long_is_packed_and_nothing_of_it_is_lost(state: State) -> None:
    query = address.to_query([state])
    (text,) = query.values()
    assert text.startswith("~") and len(urlencode(query)) <= address.LONGEST
    assert address.from_query([type(state)()], query) == ([state], [])


@pytest.mark.parametrize("text", ["~Z", "~a!", "~" + "_" * 3000, "~" + "_" * 11 + "a", "~ÿ"])
def test_what_is_packed_wrong_is_left_out(text: str) -> None:
    given = {"z": text, "grid": "12"}
    states, left_out = address.from_query(fresh("latent_space"), given)
    assert (left_out, address.to_query(states)) == (["z"], {"grid": "12"})


def test_a_name_twice_is_one_name() -> None:
    for page, name in (("compare", "compare"), ("latent_space", "beside")):
        states, left_out = address.from_query(fresh(page), {name: "a,b,a"})
        assert (address.to_json(states), left_out) == ({name: ["a", "b"]}, [])


def test_a_class_may_have_a_comma_in_its_name() -> None:
    given = Train(classes=("a, b", "100%", "c"))
    assert address.from_query([Train()], address.to_query([given])) == ([given], [])


def test_addresses_from_before_have_what_choices_were_called() -> None:
    def read(page: str, **query: str) -> list[State]:
        states, left_out = address.from_query(fresh(page), query)
        assert not left_out
        return states

    assert Images(which="one-of-each") in read("reconstruct", which="one of each")
    assert Compare(part="out-of-distribution") in read("compare", part="strangers")
    assert Compare(part="side-by-side") in read("compare", part="side by side")
    assert Codes(compute="a-direction") in read("codes", compute="a direction")
    assert Codes(way="t-sne") in read("codes", **{"way-of-map": "t-SNE"})
    assert Noise(kind="salt_and_pepper") in read("denoise", noise="Salt and pepper")
    assert Rounds(restorer="not_trained_on_noise") in read("denoise", restorer="untaught")
    assert Train(few=2000) in read("train", few="2,000")
    assert Train(remedies=("a-smaller-code",)) in read("train", remedies="a smaller code")


def test_choices_are_those_that_the_pages_know() -> None:
    assert Codes.declaration("way").choices == flat_maps.WAYS
    assert Codes.declaration("direction").choices == (*directions.WAYS, directions.CLASSES)
    assert set(walking.WAYS) < set(Walk.declaration("way").choices)
    assert set(Noise.declaration("kind").choices) == set(NOISES)
    assert set(Train.declaration("noise").choices) == {"", *NOISES}
    assert set(Rounds.declaration("restorer").choices) == {"", *RESTORERS}
    assert set(RESTORERS) < set(TITLES)
    assert list(Train.declaration("remedies").choices) == OTHERS
    assert set(Train.declaration("fault").choices) == set(WORDS)
    assert MOST_IN_CODE == MAX_CODE


def test_every_choice_of_every_page_has_a_label() -> None:
    choices = {
        choice
        for groups in PAGES.values()
        for group in groups
        for each in group.declared()
        for choice in each.choices
    }
    assert choices == {*LABELS, *NOISES, *RESTORERS, ""}
    assert not set(LABELS) & {*NOISES, *RESTORERS}
    assert widgets.label_of("again-and-again") == "again and again"


def test_bounds_of_the_map_are_the_same_in_the_browser() -> None:
    script = (ROOT / "frontend" / "src" / "map" / "map_state.ts").read_text("utf-8")
    number = Place.declaration("hidden").high
    zoom, grid = (f"[{each.low:g}, {each.high:g}]"
                  for each in (Place.declaration("zoom"), Map.declaration("grid")))  # fmt: skip
    middle = Place.declaration("middle").high
    assert (
        f"const ZOOM = {zoom}, PLACE = {middle:g}, AXES = {number:_}, CODE = {MOST_IN_CODE:_},"
        f" GRID = {grid};"
    ) in script
