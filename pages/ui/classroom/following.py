"""What every page does while its visitor is in a class: it shows what the teacher shows.

What a screen is to show has a number. Where a visit has not taken over the last one, it does so
before its page is drawn, however it came to be behind: an event, a reload, a server that started
again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core.accounts import ownership
from ae_core.classroom import classes, members
from ae_core.classroom.classes import OpenClass
from ae_core.classroom.members import Member
from ae_core.database.failures import GONE
from ae_core.errors import UserError
from pages.ui.classroom import class_run
from pages.ui.shared import owner
from pages.ui.state import current
from pages.ui.state.declared import PAGES, Chosen, Code, Colours, Drawing, Map, Place, Walk

EVENTS = "class-events"
IN_CLASS, TURN, SHOWN = "class:code", "class:turn", "class:shown"

NEVER_SHOWN = ("classroom", "join")
"""Pages of the teacher's own, and of who joins."""

OF_MAP = (Code, Map, Colours, Place, Chosen, Walk, Drawing)

_EVENTS = st.components.v2.component(
    EVENTS, html="<span></span>", js=(Path(__file__).parent / "class_events.js").read_text("utf-8")
)


def now() -> tuple[OpenClass | None, Member | None]:
    """The class that the visitor teaches or is in, and who they are in it.

    Who was in none when the visit began is not looked for again until they join or open one.
    """
    known = st.session_state
    if known.get(IN_CLASS) == "":
        return None, None
    try:
        me = owner.me()
        found = members.of(me)
        taught = None if found else classes.of_teacher(me)
    except UserError as failure:  # the page itself says what is wrong with the database
        if GONE in failure.text.messages:  # but this once: whoever asks next makes the tables anew
            st.error(failure.text, icon=":material/error:")
        return None, None
    open_class, member = found or (taught, None)
    known[IN_CLASS] = open_class.code if open_class else ""
    if open_class is None:
        known.pop(TURN, None)
    return open_class, member


def look_again() -> None:
    """Look for the class of the visitor anew: they have joined, left, opened or closed one."""
    for key in (IN_CLASS, TURN, SHOWN):
        st.session_state.pop(key, None)
    with suppress(UserError):
        class_run.lend({})


def begin(page: str) -> tuple[OpenClass | None, Member | None]:
    """Listen to the class, and go where the teacher is; before the page is drawn."""
    open_class, member = now()
    current.when_written(None)
    if open_class is None:
        return None, None
    teaches = member is None
    known = st.session_state
    if not teaches and known.get(TURN) != open_class.turn:
        known[TURN] = open_class.turn
        _take_over(page, open_class)
    if teaches and open_class.follows:
        current.when_written(lambda: _written(open_class.code))
    data = {"code": open_class.code, "turn": open_class.turn, "teaches": teaches,
            "follows": open_class.follows}  # fmt: skip
    _EVENTS(key=EVENTS, data=data, on_news_change=lambda: None)
    return open_class, member


def opened(open_class: OpenClass | None, member: Member | None) -> None:
    """Take every screen to the page that the teacher has opened, before it is drawn here."""
    shown = st.session_state.get(SHOWN)
    if shown is not None and shown[0] != current.last_page(but=NEVER_SHOWN):
        end(open_class, member)


def end(open_class: OpenClass | None, member: Member | None) -> None:
    """Show the class what the teacher's page shows, once it is drawn."""
    if open_class is None or member is not None or not open_class.follows:
        return
    with suppress(UserError):
        publish(open_class.code)


def publish(code: str, *, again: bool = False) -> None:
    """Have every screen show what the teacher's visit shows, where it has changed.

    Models of the teacher's own that it names are shared, or nobody would see them.

    Raises:
        UserError: the class is closed, or it is too much to send.
    """
    known = st.session_state
    page = current.last_page(but=NEVER_SHOWN)
    if not page:
        return
    values = current.to_json(page)
    shown: tuple[str, dict[str, Any]] | None = known.get(SHOWN)
    if page == "train":
        values = class_run.added(values, shown[1] if shown else {})
    if shown == (page, values) and not again:
        return
    of_map = not again and shown is not None and shown[0] == page and _is_of_map(shown[1], values)
    me = owner.me()
    class_run.lend(values)
    _share(values)
    stage = {"page": page, "values": values, "look": _look(values)}
    classes.show(me, code, stage, of_map=of_map)
    known[SHOWN] = (page, values)


def _written(code: str) -> None:
    """A fragment alone runs: nothing else says that something has changed."""
    context = get_script_run_ctx()
    if context is not None and context.fragment_ids_this_run:
        with suppress(UserError):
            publish(code)


def _take_over(page: str, open_class: OpenClass) -> None:
    stage = open_class.stage
    wanted = str(stage.get("page", ""))
    if wanted not in PAGES or wanted in NEVER_SHOWN:
        return
    current.send(wanted, stage.get("values") or {})
    if wanted != page:
        st.switch_page(f"../{wanted}.py")


def _names_on_map() -> set[str]:
    return {name for group in OF_MAP for name in current.names(group)}


def _is_of_map(before: dict[str, Any], after: dict[str, Any]) -> bool:
    missing = object()
    return all(
        before.get(name, missing) == after.get(name, missing)
        for name in before.keys() | after.keys()
        if name not in _names_on_map()
    )


def _look(values: dict[str, Any]) -> dict[str, Any]:
    """All that a map shows, as the browser names it; what is not set has its default."""
    on_map: dict[str, Any] = {}
    for group in (Map, Colours, Place):
        on_map.update(current.of(group).to_dict())
    choice = current.of(Chosen)
    on_map |= {
        "way": current.of(Walk).way,
        "chosen": list(choice.chosen),
        "plane": list(choice.plane),
        "drawing": list(current.of(Drawing).strokes),
    }
    if z := current.of(Code).z:
        on_map["z"] = list(z)
    if model := values.get("model"):
        on_map["model"] = model
    return on_map


def _share(values: dict[str, Any]) -> None:
    me = owner.me()
    for value in values.values():
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str) and ownership.is_private(name):
                mine = ownership.get(me, name)
                if mine is not None and mine.owner == me.id and not mine.shared:
                    ownership.share(me, name, True)
