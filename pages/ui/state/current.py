"""The present values of the page: in the session, on its widgets, in its address.

Nothing else reads or writes the address, or decides on a default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core.accounts import ownership
from pages.ui.state import address
from pages.ui.state.declared import BELONGS, PAGES, State, name_of

Kind = TypeVar("Kind", bound=State)

PAGE, WRITTEN, TOLD = "state:page", "state:written", "state:told"
OPENED, LEFT_OUT, IMPOSSIBLE = "opened", "state:left-out", "state:impossible"

MOVED = {("models", "compare"): ("../compare.py", {"part": "side-by-side"})}
"""What stood on another page in addresses from before, by page and name."""

WHAT_IS_LEFT_OUT = "This was left out of the address, since it is not here or not possible: {}."


def open_page(page: str) -> None:
    """Begin a page: adopt its address where somebody opened it or went back to it.

    On the way from one page to another by the menu the browser keeps the query: it is the same
    that was written last, and what was set here before stays. In every other rerun the address
    says what the session knows already, or what it said before the last change.
    """
    known = st.session_state
    query = st.query_params.to_dict()
    for (former, name), (script, more) in MOVED.items():
        if page == former and name in query:
            st.switch_page(script, query_params={**query, **more})
    is_new, came_from_menu = known.get(PAGE) != page, query == known.get(WRITTEN)
    known[PAGE] = page
    context = get_script_run_ctx()
    went_back = context is not None and context.is_history_navigation
    known[LEFT_OUT] = (st.empty(), [])
    if is_new or went_back:
        known[TOLD] = {}
    if went_back or (is_new and not came_from_menu):
        _remember(query)
        _say_left_out(_adopt(query, address.from_query, anew=went_back))
    _say_left_out(known.pop(IMPOSSIBLE, []))
    _write()


def of(group: type[Kind]) -> Kind:
    """The present values of a group."""
    return st.session_state.get(_key(group)) or group()


def change(group: type[State], **values: Any) -> None:
    """Set values, here and in the address.

    Raises:
        UserError: the declaration does not allow one of them.
    """
    present = of(group)
    changed = type(present).from_dict({**present.to_dict(), **values})
    if changed != present:
        for each in _outdated({name_of(group.declaration(name)): values[name] for name in values}):
            st.session_state[_key(each)] = each()
        st.session_state[_key(group)] = changed
        _write()


def widget(
    group: type[State],
    field: str,
    shown: Any = None,
    *,
    per: object = "",
    resets: Sequence[str] = (),
) -> dict[str, Any]:
    """What ties a widget to a value: `st.slider("Round", 0, 50, **widget(Rounds, "round"))`.

    Args:
        group: the values that are set together.
        field: the value.
        shown: what the page has chosen, where it is not the value itself.
        per: what the choices or the bounds depend on: with others, it is told its value anew.
        resets: values that go back to their defaults whenever this one is moved.
    """  # fmt: skip
    key = name_of(group.declaration(field))
    wanted = getattr(of(group), field) if shown is None else shown
    wanted = list(wanted) if isinstance(wanted, tuple) else wanted
    tell(key, wanted, per)
    return {"key": key, "on_change": _take, "args": (group, (field, *resets), key)}


def tell(key: str, wanted: Any, per: object = "") -> None:
    """Tell a widget its value, before it is drawn, unless it shows that already.

    A widget that is told a value jumps there, and a key pressed meanwhile is lost.
    """
    told: dict[str, object] = st.session_state.setdefault(TOLD, {})
    if st.session_state.get(key) != wanted or told.get(key) != per:
        st.session_state[key] = wanted
    told[key] = per


def receive(values: Mapping[str, Any]) -> None:
    """Set some values of the page, by their names; for callbacks. What cannot be stays as it is."""
    _adopt(values, address.from_json)


def leave_out(group: type[State], *fields: str) -> None:
    """Take values back that the address named and that are not here, and say so."""
    declared = [group.declaration(field) for field in fields]
    named = [each for each in declared if getattr(of(group), each.name) != each.default]
    change(group, **{each.name: each.default for each in named})
    _say_left_out([name_of(each) for each in named])


def opened() -> set[str]:
    """Names that came with the address, now or before in this visit: links that somebody shared."""
    _remember(st.query_params.to_dict())
    return set(st.session_state[OPENED])


def to_json() -> dict[str, Any]:
    """The values of the page that differ from their defaults."""
    return address.to_json([of(group) for group in PAGES[st.session_state[PAGE]]])


def apply(values: Mapping[str, Any]) -> None:
    """Set the page to exactly these values, as `to_json` gives them; for callbacks."""
    st.session_state[IMPOSSIBLE] = _adopt(values, address.from_json, anew=True)


def _adopt(
    values: Mapping[str, Any],
    read: Callable[..., tuple[list[State], list[str]]],
    *,
    anew: bool = False,
) -> list[str]:
    """Set values of the page, the others to their defaults where `anew`; what was left out."""
    groups = PAGES[st.session_state[PAGE]]
    reset = groups if anew else _outdated(values)
    found, left_out = read([group() if group in reset else of(group) for group in groups], values)
    for state in found:
        st.session_state[_key(type(state))] = state
    _write()
    return left_out


def _outdated(values: Mapping[str, Any]) -> list[type[State]]:
    """What belongs to another value than the one that these name."""
    return [
        each
        for (group, field), groups in BELONGS.items()
        if (name := name_of(group.declaration(field))) in values
        and values[name] != getattr(of(group), field)
        for each in groups
    ]


def _take(group: type[State], fields: Sequence[str], key: str) -> None:
    """A person has moved the widget of the first of these values; the others are reset."""
    value = st.session_state[key]
    defaults = {field: group.declaration(field).default for field in fields}
    moved, *_ = fields
    change(group, **(defaults if value is None else {**defaults, moved: value}))


def _write() -> None:
    """Put the values of the page into its address, where they are not there."""
    page = st.session_state.get(PAGE)
    if page is None:
        return
    query = address.to_query([of(group) for group in PAGES[page]])
    st.session_state[WRITTEN] = query
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _remember(query: Mapping[str, str]) -> None:
    """Note the names in an address that belong to somebody."""
    names = {name for text in query.values() for name in text.split(",")}
    known: set[str] = st.session_state.setdefault(OPENED, set())
    known.update(filter(ownership.is_private, names))


def _say_left_out(names: list[str]) -> None:
    place, said = st.session_state.get(LEFT_OUT, (st, []))
    said += [name for name in names if name not in said]
    if said:
        known = {
            name_of(each): each.help
            for group in PAGES[st.session_state[PAGE]]
            for each in group.declared()
        }
        # What is unknown comes from the address: as code, it is no link and no picture.
        listed = [known.get(name, f"`{name[:30].replace('`', '')}`") for name in said[:5]]
        more = ["…"] if len(said) > 5 else []
        place.warning(WHAT_IS_LEFT_OUT.format(", ".join(listed + more)))


def _key(group: type[State]) -> str:
    return f"state:{group.__name__}"
