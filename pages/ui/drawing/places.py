"""Places for what comes late: `pages/ui/style.py` says how much room each of them keeps."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def kept(key: str) -> DeltaGenerator:
    """A container that keeps its place from the first frame on; an empty one is none at all."""
    place = st.container(key=key)
    place.empty()
    return place
