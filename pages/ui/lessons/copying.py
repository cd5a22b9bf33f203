"""The present state of a page as a step, for a teacher's own lesson."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ae_core.texts import _
from pages.ui.lessons import visible
from pages.ui.shared import owner
from pages.ui.state import current

LEFT = "lesson", "step"


def show() -> None:
    """The step at the foot of the page, for whoever teaches."""
    if not owner.me().is_teacher:
        return
    with st.expander(_("Copy as step of a lesson")):
        st.caption(
            _("Paste it into a lesson's file, and name in *controls* what the step is to show.")
        )
        st.code(step(current.page(), current.to_json()), language="toml")


def step(page: str, state: Mapping[str, Any]) -> str:
    """A step of a lesson: this page in this state, showing all its pictures."""
    values = ", ".join(f"{name} = {_toml(value)}" for name, value in state.items()
                       if name not in LEFT)  # fmt: skip
    pictures = visible.PICTURES.get(page) or sorted(visible.names(page))
    return "\n".join(
        (
            "+++", f"title = {_toml(_('Title'))}", f"page = {_toml(page)}",
            f"state = {{ {values} }}", f"controls = {_toml(list(pictures))}", "+++",
            _("The text of the step, forty words at most."),
        )
    )  # fmt: skip


def _toml(value: Any) -> str:
    """A value as TOML writes it: as JSON does, but for tables."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
