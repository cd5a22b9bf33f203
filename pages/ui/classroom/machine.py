"""The self-test for the teacher: what this machine has, and what works on it."""

from __future__ import annotations

import streamlit as st

from ae_core.jobs import self_test
from ae_core.texts import _
from pages.ui.shared import widgets


@st.fragment
def show() -> None:
    """Six lines, each with a mark where something is to be done; a button looks again."""
    st.header(_("This machine"), anchor=False)
    with widgets.shown_errors():
        rows = []
        for fact in self_test.facts():
            name, says = map(widgets.as_text, (fact.name, fact.says))
            rows.append(f"| {_mark(fact.is_well)} | {name} | {says} |")
        st.markdown("\n".join(["| | | |", "|-|-|-|", *rows]))
    st.button(_("Look again"), icon=":material/refresh:", key="look-again")


def _mark(is_well: bool) -> str:
    return ":material/check:" if is_well else ":orange[:material/warning:]"
