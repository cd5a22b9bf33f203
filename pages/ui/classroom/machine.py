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
        for fact in self_test.facts():
            mark = ":material/check:" if fact.is_well else ":orange[:material/warning:]"
            name, says = map(widgets.as_text, (fact.name, fact.says))
            st.markdown(f"{mark} **{name}** · {says}")
    st.button(_("Look again"), icon=":material/refresh:", key="look-again")
