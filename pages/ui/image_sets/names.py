"""What a set is called, and what one of its pictures is called, and several."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ae_core.accounts import ownership
from ae_core.image_sets.stored import LONGEST_CLASS
from ae_core.texts import _


def inputs(title: str, nouns: Sequence[str] = ("", ""), *, keys: Sequence[str]) -> list[str]:
    """The controls for these three, side by side, and what they hold."""
    limits = (ownership.MAX_TITLE, LONGEST_CLASS, LONGEST_CLASS)
    labels = (_("Name"), _("One picture is a …"), _("Several are …"))
    hints = ("", _("picture"), _("pictures"))
    return [
        column.text_input(label, value, most, key=key, placeholder=hint)
        for column, label, value, most, key, hint
        in zip(st.columns(3), labels, (title, *nouns), limits, keys, hints, strict=True)
    ]  # fmt: skip
