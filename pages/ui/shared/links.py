"""The page's state in its address, so that a copied address shows the same to somebody else.

Widgets whose values can stand in an address are bound by Streamlit (`bind="query-params"`). This is
for the rest: what we validate, and what people are told about when it is invalid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import streamlit as st

from ae_core.accounts import ownership

MAX_LENGTH = 4000

TO_BELONGINGS = ("model", "beside", "compare", "set", "classifier")
"""The keys of an address that can name what belongs to somebody."""


def news(key: str) -> str | None:
    """The value of `key` in the address, if it is not the one that `write` put there last."""
    value = st.query_params.get(key)
    if value is None or value == st.session_state.get(_written(key)):
        return None
    st.session_state[_written(key)] = value
    return value[:MAX_LENGTH]


def kept(key: str, widget: str = "") -> str | None:
    """The value of `key` in the address, if it is news or the session has lost that of the widget.

    Streamlit drops the value of a widget that is not drawn; the address still has it.
    """
    if (widget or key) not in st.session_state:
        st.session_state.pop(_written(key), None)
    return news(key)


def names(key: str, known: Collection[str]) -> list[str] | None:
    """What is news as a list of names, each once, without those that are not `known`."""
    if (asked := news(key)) is None:
        return None
    given = dict.fromkeys(filter(None, asked.split(",")))
    found = [name for name in given if name in known]
    if len(found) < len(given):
        # Their names are not repeated: they would be read as Markdown, and could carry a link.
        st.warning("Some models in the address are not here. The others are shown.")
    return found


def seen(key: str) -> None:
    """Treat the present value of `key` as known; for callbacks that have a newer one.

    A browser that reports twice in a row may still have the address from before.
    """
    st.session_state[_written(key)] = st.query_params.get(key)


def opened() -> set[str]:
    """Names that came with the address, now or before in this visit: links that somebody shared."""
    known: set[str] = st.session_state.setdefault("opened", set())
    for key in TO_BELONGINGS:
        known.update(filter(ownership.is_private, st.query_params.get(key, "").split(",")))
    return known


def has(key: str) -> bool:
    """Whether the address has a value for `key`."""
    return key in st.query_params


def write(values: Mapping[str, str]) -> None:
    """Put the state into the address; all of it together is one step for the browser's Back."""
    if changed := {
        key: value for key, value in values.items() if st.query_params.get(key) != value
    }:
        st.query_params.update(changed)
    for key, value in values.items():
        st.session_state[_written(key)] = value


def drop(key: str) -> None:
    """Remove a key from the address; an address that brings it back is then news."""
    st.query_params.pop(key, None)
    st.session_state.pop(_written(key), None)


def _written(key: str) -> str:
    return f"address:{key}"
