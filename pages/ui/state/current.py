"""The present values of the page: in the session, on its widgets, in its address.

Nothing else reads or writes the address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core.accounts import ownership
from ae_core.texts import N_, _
from pages.ui.state import address, language
from pages.ui.state.declared import BELONGS, PAGES
from pages.ui.state.values import State, name_of

Kind = TypeVar("Kind", bound=State)

PAGE, WRITTEN, TOLD = "state:page", "state:written", "state:told"
OPENED, LEFT_OUT, IMPOSSIBLE = "state:opened", "state:left-out", "state:impossible"
GIVEN, LEFT = "state:given", "state:left"
SENT, HEARS, SEEN = "state:sent", "state:hears", "state:seen"

MOVED = {("models", "compare"): ("../compare.py", {"part": "side-by-side"})}
"""What stood on another page in addresses from before, by page and name."""

WHAT_IS_LEFT_OUT = N_(
    "This was left out of the address, since it is not here or not possible: {values}."
)

WHAT_IS_DROPPED = N_(
    ":material/link_off: What is set here is too long for an address. It has everything but:"
    " {values}."
)


def open_page(page: str) -> None:
    """Begin a page: adopt its address where somebody opened it or went back to it.

    An address says it all: what it does not name has its default. On the way from one page to
    another by the menu the browser keeps the query: it is the same that was written last, and what
    was set here before stays, as it does where a button opens the page, without a query. In every
    other rerun the address says what the session knows already, or what it said before the last
    change.
    """
    known = st.session_state
    query = st.query_params.to_dict()
    query.pop(language.NAME, None)
    for (former, name), (script, more) in MOVED.items():
        if page == former and name in query:
            st.switch_page(script, query_params={**query, **more})
    is_new, came_from_menu = known.get(PAGE) != page, query == known.get(WRITTEN)
    known[PAGE] = page
    sent = known.pop(SENT, (None, {}))
    context = get_script_run_ctx()
    went_back = context is not None and context.is_history_navigation
    known[LEFT_OUT] = (st.empty(), [])
    if is_new or went_back:
        known[TOLD] = {}
    adopts = went_back or (is_new and query and not came_from_menu)
    known[GIVEN] = adopts or IMPOSSIBLE in known
    if sent[0] == page:
        known[GIVEN] = True
        _remember(address.to_texts(sent[1]))
        _say_left_out(_adopt(sent[1], address.from_json, anew=True))
    elif adopts:
        _remember(query)
        _say_left_out(_adopt(query, address.from_query, anew=True))
    _say_left_out(known.pop(IMPOSSIBLE, []))
    _write()
    if dropped := [name for name in to_json() if name not in known[WRITTEN]]:
        st.caption(_(WHAT_IS_DROPPED, values=_in_words(dropped)))


def page() -> str:
    """The page that is open."""
    return str(st.session_state[PAGE])


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
        named = {name_of(group.declaration(field)): value for field, value in values.items()}
        for state in _now_meant(named):
            st.session_state[_key(type(state))] = state
        st.session_state[_key(group)] = changed
        _write()


def possible(group: type[State], field: str, choices: Collection[Any], usual: Any) -> Any:
    """The value of a field where it is one of these choices; else the usual one.

    What an address has just named and is not possible is left out, with a notice. What another
    choice of a person's makes impossible stays, for the time when it is possible again.
    """
    value = getattr(of(group), field)
    if value in choices:
        return value
    if st.session_state.get(GIVEN):
        leave_out(group, field)
    return usual


def possible_ones(
    group: type[State], field: str, choices: Collection[Any], most: int | None = None
) -> list[Any]:
    """Those of the values of a list that are among these choices, `most` at most; see above."""
    values = list(getattr(of(group), field) or ())
    found = [value for value in values if value in choices][:most]
    if len(found) < len(values) and st.session_state.get(GIVEN):
        change(group, **{field: tuple(found)})
        _say_not_here(name_of(group.declaration(field)))
    return found


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
    return {
        **tell(key, wanted, per), "on_change": _take, "args": (group, (field, *resets), key),
    }  # fmt: skip


def tell(key: str, wanted: Any, per: object = "") -> dict[str, Any]:
    """Tell a widget its value, before it is drawn, unless it shows that already.

    A widget that is told a value jumps there, and a key pressed meanwhile is lost.

    Returns: what the widget is called with. `persist_state` makes Streamlit tell it again while the
    browser does not know it: a rerun may begin before the browser has drawn what it was told, and
    then the browser would report that the widget is empty.
    """  # fmt: skip
    told: dict[str, object] = st.session_state.setdefault(TOLD, {})
    if st.session_state.get(key) != wanted or told.get(key) != per:
        st.session_state[key] = wanted
    told[key] = per
    return {"key": key, "persist_state": "page"}


def receive(values: Mapping[str, Any]) -> None:
    """Set some values of the page, by their names; for callbacks. What cannot be stays as it is."""
    st.session_state[IMPOSSIBLE] = _adopt(values, address.from_json)


def leave_out(group: type[State], *fields: str) -> None:
    """Take values back that are not here; where an address has just named them, say so."""
    declared = [group.declaration(field) for field in fields]
    named = [each for each in declared if getattr(of(group), each.name) != each.default]
    change(group, **{each.name: each.default for each in named})
    _say_not_here(*map(name_of, named))


def leave_out_option(group: type[State], field: str, name: str) -> None:
    """The same for one of the named values in a field."""
    others = {key: value for key, value in getattr(of(group), field).items() if key != name}
    change(group, **{field: others})
    _say_not_here(name)


def opened() -> set[str]:
    """Names that came with the address, now or before in this visit: links that somebody shared."""
    _remember(st.query_params.to_dict())
    return set(st.session_state[OPENED])


def link(page: str, *states: State) -> str:
    """The whole address of a page on which these values are set, for others."""
    here = (st.context.url or "").partition("?")[0].removesuffix(f"/{st.session_state[PAGE]}")
    return f"{here}/{page}?{urlencode(address.to_query(states))}"


def here() -> str:
    """The whole address of the page as it is now."""
    page = st.session_state[PAGE]
    return link(page, *(of(group) for group in PAGES[page]))


def to_json(page: str = "") -> dict[str, Any]:
    """The values of a page that differ from their defaults, for what stands outside of it."""
    return address.to_json([of(group) for group in PAGES[page or st.session_state[PAGE]]])


def apply(values: Mapping[str, Any]) -> None:
    """Set the page to exactly these values, as `to_json` gives them; for callbacks.

    It is what a step of a lesson is to send: `receive` leaves all else as it is.
    """
    st.session_state[IMPOSSIBLE] = _adopt(values, address.from_json, anew=True)


def send(page: str, values: Mapping[str, Any]) -> None:
    """Set a page to exactly these values once it is drawn, whatever its address says."""
    st.session_state[SENT] = (page, values)
    st.session_state.pop(PAGE, None)


def last_page(*, but: Collection[str]) -> str:
    """The page that was drawn last, of all `but` these; nothing where there was none."""
    page = str(st.session_state.get(PAGE, ""))
    if page and page not in but:
        st.session_state[SEEN] = page
    return str(st.session_state.get(SEEN, ""))


def when_written(hears: Callable[[], None] | None) -> None:
    """Call this whenever values of the page have changed; None ends it."""
    st.session_state[HEARS] = hears


def names(group: type[State]) -> list[str]:
    """What the values of a group are called."""
    return [name_of(each) for each in group.declared()]


def _adopt(
    values: Mapping[str, Any],
    read: Callable[..., tuple[list[State], list[str]]],
    *,
    anew: bool = False,
) -> list[str]:
    """Set values of the page, the others to their defaults where `anew`; what was left out."""
    groups = PAGES[st.session_state[PAGE]]
    unnamed = {name_of(each): each.default for group, field in BELONGS if anew and group in groups
               for each in [group.declaration(field)]}  # fmt: skip
    meant = {type(state): state for state in _now_meant({**unnamed, **values})}
    begin = [group() if anew or group in meant else of(group) for group in groups]
    found, left_out = read(begin, values)
    for state in (*meant.values(), *found):
        st.session_state[_key(type(state))] = state
    _write()
    return left_out


def _now_meant(values: Mapping[str, Any]) -> list[State]:
    """What means something else once these values are set, by their names: as it was left then."""
    found: list[State] = []
    left: dict[tuple[str, str], list[State]] = st.session_state.setdefault(LEFT, {})
    for (group, field), groups in BELONGS.items():
        name, before = name_of(group.declaration(field)), getattr(of(group), field)
        now = values.get(name, before)
        if now == before or not isinstance(now, str):
            continue
        if before:  # else it came in an address before the model that it belongs to
            left[name, before] = [of(each) for each in groups]
            found += left.get((name, now)) or [each() for each in groups]
    return found


def _take(group: type[State], fields: Sequence[str], key: str) -> None:
    """A person has moved the widget of the first of these values; the others are reset."""
    st.session_state[GIVEN] = False
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
    if st.query_params.to_dict() != (query := {**query, **language.in_address()}):
        st.query_params.from_dict(query)
    if hears := st.session_state.get(HEARS):
        hears()


def _remember(query: Mapping[str, str]) -> None:
    """Note the names in an address that belong to somebody."""
    names = {name for text in query.values() for name in text.split(",")}
    known: set[str] = st.session_state.setdefault(OPENED, set())
    known.update(filter(ownership.is_private, names))


def _say_not_here(*names: str) -> None:
    """Say that values were left out, unless a person has chosen something else since."""
    if st.session_state.get(GIVEN):
        _say_left_out(list(names))


def _say_left_out(names: list[str]) -> None:
    place, said = st.session_state.get(LEFT_OUT, (st, []))
    said += [name for name in names if name not in said]
    if said:
        place.warning(_(WHAT_IS_LEFT_OUT, values=_in_words(said)))


def _in_words(names: Sequence[str]) -> str:
    """Values of the page, by their names."""
    groups = PAGES[st.session_state[PAGE]]
    known = {name_of(each): _(each.help) for group in groups for each in group.declared()}
    # What is unknown comes from the address: as code, it is no link and no picture.
    listed = [known.get(name, f"`{name[:30].replace('`', '')}`") for name in names[:5]]
    return ", ".join(listed + ["…"] * (len(names) > 5))


def _key(group: type[State]) -> str:
    return f"state:{group.__name__}"
