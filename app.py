"""The app: navigation first, so that the menu is there before torch is; then the page."""

import os

import streamlit as st

from pages.ui.shared.style import STYLE

st.set_page_config(page_title="Latent Space Explorer", page_icon="🔢", layout="wide")

page = st.navigation(
    [
        st.Page("pages/home.py", title="Home", default=True),
        st.Page("pages/reconstruct.py", title="Reconstruct"),
        st.Page("pages/latent_space.py", title="Latent space"),
        st.Page("pages/denoise.py", title="Denoise"),
        st.Page("pages/compare.py", title="Compare"),
        st.Page("pages/codes.py", title="Codes"),
        st.Page("pages/image_sets.py", title="Image sets"),
        st.Page("pages/train.py", title="Train"),
        st.Page("pages/models.py", title="Models"),
        st.Page(
            "pages/classroom.py",
            title="Classroom",
            visibility="visible" if os.environ.get("AE_TEACHER_KEY") else "hidden",
        ),
    ],
    position="top",
)
st.html(f"<style>{STYLE}</style>")
page.run()
