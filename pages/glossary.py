"""Glossary: every word of the field that stands on a page, in two sentences."""

import streamlit as st

from ae_core.glossary import TERMS
from ae_core.texts import _
from pages.ui import explained

st.title(_("Glossary"), anchor=False)
st.caption(_("The words on these pages, each with an example. On a page, tap a word to read it."))
for name, term in sorted(TERMS.items(), key=lambda each: _(each[1].word).casefold()):
    st.header(_(term.word), anchor=name)
    explained.show(term)
