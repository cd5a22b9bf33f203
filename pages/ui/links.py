"""The page's state in its address, so that a copied address shows the same to somebody else.

Widgets whose value is its own name are bound by Streamlit (`bind="query-params"`). This is for the
rest: what is checked by us, and what a person is told about when it is nonsense.
"""

from __future__ import annotations

import streamlit as st

MAX_LENGTH = 4000


def news(key: str) -> str | None:
    """What the address says of `key`, if it is not what `write` put there last."""
    value = st.query_params.get(key)
    if value is None or value == st.session_state.get(_written(key)):
        return None
    st.session_state[_written(key)] = value
    return value[:MAX_LENGTH]


def has(key: str) -> bool:
    """Whether the address says anything of `key`."""
    return key in st.query_params


def write(key: str, value: str) -> None:
    """Put the state into the address; each change is a step for the browser's Back."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    st.session_state[_written(key)] = value


def drop(key: str) -> None:
    """Take the state out of the address; an address that brings it back is then news."""
    st.query_params.pop(key, None)
    st.session_state.pop(_written(key), None)


def _written(key: str) -> str:
    return f"address:{key}"
