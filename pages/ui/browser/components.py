"""Components whose style and script lie beside the file that mounts them: `name.css`, `name.js`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(folder: Path, name: str) -> Any:
    """The component of that name in `folder`; its script gets an element with its name as class."""
    style, script = (
        (folder / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    html = f'<div class="{name}"></div>'
    return st.components.v2.component(name, html=html, css=style, js=script)
