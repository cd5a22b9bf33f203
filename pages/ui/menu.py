"""What runs for every visitor: the menu first, so that it is there before torch is; then the page.

It lies here and not beside `pages/`, where Streamlit would make a menu of its own from the files.
"""

import streamlit as st

from ae_core.accounts import teacher_key
from ae_core.texts import _
from pages.ui.browser import letters
from pages.ui.classroom import class_bar, following
from pages.ui.lessons import beside
from pages.ui.shared import script_turns
from pages.ui.state import current, language, page_state
from pages.ui.state.declared import WITH_SIDEBAR

language.begin()
st.set_page_config(page_title=_("Latent Space Explorer"), page_icon="🔢", layout="wide")

page = st.navigation(
    [
        st.Page("../home.py", title=_("Home"), default=True),
        st.Page("../lessons.py", title=_("Lessons")),
        st.Page("../reconstruct.py", title=_("Reconstruct")),
        st.Page("../latent_space.py", title=_("Latent space")),
        st.Page("../denoise.py", title=_("Denoise")),
        st.Page("../compare.py", title=_("Compare")),
        st.Page("../codes.py", title=_("Codes")),
        st.Page("../image_sets.py", title=_("Image sets")),
        st.Page("../train.py", title=_("Train")),
        st.Page("../models.py", title=_("Models")),
        st.Page("../glossary.py", title=_("Glossary"), visibility="hidden"),
        st.Page(
            "../classroom.py",
            title=_("Classroom"),
            visibility="visible" if teacher_key.is_set() else "hidden",
        ),
        st.Page("../join.py", title=_("Your class"), visibility="hidden"),
    ],
    position="top",
)
st.set_page_config(page_title=_("{page} · Latent Space Explorer", page=page.title))
name = page.url_path or "home"
if name in WITH_SIDEBAR:
    st.sidebar.empty()  # makes room for it before the page is there, which else would move
with script_turns.TURNS.turn():  # sixty of a class come at one moment
    page_state.mount()
    language.menu()
    letters.bring()
    open_class, member = following.begin(name)
    current.open_page(name)
    following.opened(open_class, member)
    class_bar.show(name, open_class, member)
try:
    beside.run(page)
finally:
    following.end(open_class, member)
