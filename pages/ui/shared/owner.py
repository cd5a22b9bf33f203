"""Who is at the browser: made of the cookie that `server/owner.py` sets, and of the visit."""

from __future__ import annotations

import secrets

import streamlit as st

from ae_core.accounts import cookies, networks, teacher_key
from ae_core.accounts.person import Person
from pages.ui.state import current

TEACHER = "teacher"


def me() -> Person:
    """The visitor."""
    teaches = bool(st.session_state.get(TEACHER)) and teacher_key.is_set()
    network = str(st.context.headers.get(networks.HEADER, ""))
    return Person(my_id(), teaches, frozenset(current.opened()), network)


def my_id() -> str:
    """The id of the visitor; where the browser accepts no cookie, one for this visit alone."""
    kept = cookies.owner_in(str(st.context.cookies.get(cookies.COOKIE, "")))
    return kept or str(st.session_state.setdefault("owner", secrets.token_urlsafe(24)))
