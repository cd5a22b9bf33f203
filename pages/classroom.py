"""Classroom: everything that runs on this server, for whoever has the teacher's key."""

import streamlit as st

from pages.ui import classroom, widgets

st.header("Classroom", anchor=False)
with widgets.shown_errors():
    if not classroom.is_teacher():
        classroom.door()
    else:
        st.caption("Everything that runs here. People appear under names that say nothing of them.")
        classroom.runs()
        st.subheader("People", anchor=False)
        classroom.people()
