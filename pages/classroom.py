"""Classroom: everything that runs on this server, for whoever has the teacher's key."""

import streamlit as st

from ae_core.texts import _
from pages.ui.classroom import expired, machine, people
from pages.ui.shared import owner, widgets

st.title(_("Classroom"), anchor=False)
with widgets.shown_errors():
    if not owner.me().is_teacher:
        people.ask_for_key()
    else:
        st.caption(
            _("Everything that runs here. People appear under names that say nothing of them.")
        )
        people.runs()
        expired.show()
        st.header(_("People"), anchor=False)
        people.people()
        machine.show()
