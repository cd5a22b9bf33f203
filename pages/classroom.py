"""Classroom: a class and what it does, and everything that runs here, for who has the key."""

import streamlit as st

from ae_core.classroom import classes
from ae_core.texts import _
from pages.ui.classroom import asking, expired, machine, people, shared_set, teaching
from pages.ui.shared import owner, widgets

st.title(_("Classroom"), anchor=False)
with widgets.shown_errors():
    is_teacher = owner.me().is_teacher
    open_class = classes.of_teacher(owner.me())  # also after a restart, which forgets the key
    if open_class is not None:
        way_in, question, pictures = st.tabs([_("The class"), _("Question"), _("Pictures")])
        with way_in:
            teaching.show(open_class)
        with question:
            asking.show(open_class)
        with pictures:
            shared_set.show(open_class)
    elif is_teacher:
        teaching.offer()
    else:
        people.ask_for_key()
        st.stop()
    with st.expander(_("Everything that runs here"), expanded=open_class is None):
        if is_teacher:
            st.caption(_("People appear under names that say nothing of them."))
            people.runs()
            expired.show()
            st.header(_("People"), anchor=False)
            people.people()
            machine.show()
        else:
            people.ask_for_key()
