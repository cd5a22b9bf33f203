"""What runs for every visitor: the menu first, so that it is there before torch is; then the page.

It lies here and not beside `pages/`, where Streamlit would make a menu of its own from the files.
"""

import streamlit as st

from ae_core.settings import TEACHER_KEY
from pages.ui.shared.style import STYLE
from pages.ui.state import page_state

st.set_page_config(page_title="Latent Space Explorer", page_icon="🔢", layout="wide")

page = st.navigation(
    [
        st.Page("../home.py", title="Home", default=True),
        st.Page("../reconstruct.py", title="Reconstruct"),
        st.Page("../latent_space.py", title="Latent space"),
        st.Page("../denoise.py", title="Denoise"),
        st.Page("../compare.py", title="Compare"),
        st.Page("../codes.py", title="Codes"),
        st.Page("../image_sets.py", title="Image sets"),
        st.Page("../train.py", title="Train"),
        st.Page("../models.py", title="Models"),
        st.Page(
            "../classroom.py",
            title="Classroom",
            visibility="visible" if TEACHER_KEY.value else "hidden",
        ),
    ],
    position="top",
)
st.html(f"<style>{STYLE}</style>")
page_state.mount()
page.run()
