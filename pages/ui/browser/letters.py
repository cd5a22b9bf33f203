"""The letters of languages that the page's own font lacks."""

import streamlit as st

from ae_core import languages
from pages.ui.browser import built

SHEETS = {"zh": "chinese.css"}
"""Of the built files: which fonts a browser asks for, once it meets their letters."""


def bring() -> None:
    """Bring those of the language that is read, where the browser's part is built."""
    sheet = SHEETS.get(languages.current(), "")
    if sheet in built.files():
        st.html(f'<style>@import url(".{built.address(sheet)}");</style>')
