"""The language of the visit: chosen in the menu or named in the address, else the browser's.

A choice stands in the address, which whoever copies it passes on, and in a cookie of the browser
for the next visit. The address is read once: the visit goes on in what was chosen since.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core import languages

NAME = "lang"
"""What it is called in an address."""

READ, NAMED, CHOSEN = "language:read", "language:named", "language:chosen"


def begin() -> None:
    """Draw the page in the language of the visit; for the beginning of a run."""
    languages.speak(of_visit())


def of_visit() -> str:
    """The language of the visit; nothing outside of one."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    known = st.session_state
    if READ not in known:
        known[NAMED] = languages.best([st.query_params.get(NAME, "")])
        known[READ] = known[NAMED] or languages.best(_of_browser()) or languages.usual()
    return str(known[READ])


def in_address() -> dict[str, str]:
    """What the query of an address says of it: nothing where nobody has chosen one."""
    named = st.session_state.get(NAMED)
    return {NAME: named} if named else {}


def chosen() -> str:
    """What was chosen in the menu, for the browser to keep; nothing where nothing was."""
    return str(st.session_state.get(CHOSEN, ""))


def choose(language: str) -> None:
    """Read this language from now on; for callbacks."""
    for key in (READ, NAMED, CHOSEN):
        st.session_state[key] = language
    languages.speak(language)


def menu() -> None:
    """The choice, at the top of every page: each language by its own name."""
    here = languages.available()
    if len(here) == 1:
        return
    with st.container(key="language"):
        st.menu_button(
            languages.NAMES.get(of_visit(), of_visit()),
            here,
            key="language-menu",
            format_func=lambda each: languages.NAMES.get(each, each),
            on_click=_take,
            type="tertiary",
            icon=":material/translate:",
        )


def _take() -> None:
    choose(st.session_state["language-menu"])


def _of_browser() -> list[str]:
    """What was chosen on an earlier visit, then the browser's own, the one liked most first."""
    asked = st.context
    accepted = languages.accepted(str(asked.headers.get("Accept-Language", "")))
    return [str(asked.cookies.get(languages.COOKIE, "")), *(accepted or [asked.locale or ""])]


languages.found_by(of_visit)
