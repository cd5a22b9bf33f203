"""Class: join one by its code and a nickname, and what is asked of the class."""

import streamlit as st

from ae_core.texts import _
from pages.ui.classroom import following, joining
from pages.ui.shared import widgets

st.title(_("Your class"), anchor=False)
with widgets.shown_errors():
    open_class, member = following.now()
    if open_class is None or member is None:
        joining.form(open_class)
    else:
        joining.inside(open_class, member)
