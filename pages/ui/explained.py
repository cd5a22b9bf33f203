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
            with st.popover(_(term.word), type="tertiary"):
                st.markdown(f"**{_(term.word)}**: {in_words(term)}")
                st.markdown(f"[{_('All words')}](glossary#{name})")


def in_words(term: Term) -> str:
    """What it means, and who says so."""
    source = f" :small[{_('Source: {source}', source=term.source)}]" if term.source else ""
    return f"{_(term.meaning)}{source}"
