"""Components whose style and script lie beside this file, as `name.css` and `name.js`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(name: str) -> Any:
    """The component of that name; its script gets an element with its name as class."""
    style, script = (
        (_HERE / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    html = f'<div class="{name}"></div>'
    return st.components.v2.component(name, html=html, css=style, js=script)
