"""Words of the field, explained at a tap where they stand."""

from __future__ import annotations

import streamlit as st

from ae_core.glossary import TERMS, Term
from ae_core.texts import _


def terms(*names: str) -> None:
    """A small button for each of these words: it opens what the word means."""
    with st.container(horizontal=True, gap="small", key=f"terms-{'-'.join(names)}"):
        for name in names:
            term = TERMS[name]
            word, more = _(term.word), _("All words")
            with st.popover(word, type="tertiary"):
                st.markdown(f"**{word}**")
                show(term)
                st.markdown(f"[{more}](glossary#{name})")


def show(term: Term) -> None:
    """What a word means, and who says so."""
    st.markdown(_(term.meaning))
    if term.source:
        st.caption(_("Source: {source}", source=term.source))
