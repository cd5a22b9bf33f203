"""Lessons: ten short ones, each beside the pages that it is about."""

import streamlit as st

from ae_core.texts import _
from pages.ui.lessons import bringing, listing
from pages.ui.shared import widgets

st.title(_("Lessons"), anchor=False)
st.caption(_("Five to eight minutes each: say what you expect, then see what comes out."))
with widgets.shown_errors():
    listing.show()
    bringing.show()
