"""The page's state in its address, so that a copied address shows the same to somebody else.

Widgets whose value is its own name are bound by Streamlit (`bind="query-params"`). This is for the
rest: what is checked by us, and what a person is told about when it is nonsense.
"""

from __future__ import annotations

import time

import streamlit as st

MAX_LENGTH = 4000
LATE_SECONDS = 3.0


def news(key: str) -> str | None:
    """What the address says of `key`, if it is not what `write` put there last.

    A browser that reports twice in a row may still have the address from before: what was written
    in the last seconds is no news either.
    """
    value = st.query_params.get(key)
    written = st.session_state.get(_written(key), {})
    since = time.monotonic() - LATE_SECONDS
    if value is None or value in list(written)[-1:] or written.get(value, 0) > since:
        return None
    st.session_state[_written(key)] = {value: time.monotonic()}
    return value[:MAX_LENGTH]


def has(key: str) -> bool:
    """Whether the address says anything of `key`."""
    return key in st.query_params


def write(key: str, value: str) -> None:
    """Put the state into the address; each change is a step for the browser's Back."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    before = st.session_state.get(_written(key), {})
    since = time.monotonic() - LATE_SECONDS
    recent = {old: at for old, at in before.items() if at > since and old != value}
    st.session_state[_written(key)] = {**recent, value: time.monotonic()}


def drop(key: str) -> None:
    """Take the state out of the address; an address that brings it back is then news."""
    st.query_params.pop(key, None)
    st.session_state.pop(_written(key), None)


def _written(key: str) -> str:
    return f"address:{key}"
