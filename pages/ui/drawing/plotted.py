"""A Plotly figure on the page, with numbers as the language of who reads it writes them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ae_core import numerals


def show(figure: go.Figure, **how: Any) -> Any:
    """Draw it as `st.plotly_chart` does."""
    if not numerals.are_english():
        figure.update_layout(separators=numerals.as_written(".,"))
    return st.plotly_chart(figure, **how)
