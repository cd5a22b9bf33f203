"""The page, and beside it the lesson that is open."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.ui.lessons import copying, place, visible

LOOK = """
.st-key-lesson-text { position: sticky; top: 4.2rem; }
.st-key-lesson-text .stHeading h3 { padding-top: 0; }
.st-key-lesson-text .stMarkdown p { font-size: 1.05rem; }
.stApp [data-testid="stMainBlockContainer"]:has(.st-key-lesson-text) { padding-top: 4.2rem; }
"""


def run(page: StreamlitPage) -> None:
    """Run the page: alone, or as the step of a lesson has it, with the lesson beside it."""
    place.turn()
    at = place.here()
    if at is None or page.url_path == "lessons":
        page.run()
        if page.url_path not in visible.WITHOUT:
            copying.show()
        return
    from pages.ui.lessons import panel  # its figures bring torch, which comes after the first paint

    with st.container(key="lesson"):
        left, right = st.columns([1, 2.3], gap="large")
    with left, st.container(key="lesson-text"):
        panel.show(at)
    with right, st.container(key=visible.PAGE):
        if at.step.page == (page.url_path or "home"):
            st.html(f"<style>{LOOK}{visible.style(at.step.page, at.step.controls)}</style>")
        page.run()
