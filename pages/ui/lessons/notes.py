"""What stands beside a step for its teacher."""

from __future__ import annotations

import streamlit as st

from ae_core.texts import _
from pages.ui.lessons import words
from pages.ui.lessons.place import Place


def show(place: Place) -> None:
    """A switch, and behind it what students say, what to leave them with, and how long it takes."""
    if not st.toggle(_("Teacher's notes"), key="lesson-notes", persist_state="session"):
        return
    teacher = place.step.teacher
    lines = [_("**Takes** {minutes:g} min", minutes=teacher.minutes)]
    for label, said in (
        (_("**They often say**"), teacher.says), (_("**Leave them with**"), teacher.leave),
        (_("**Server**"), teacher.server),
    ):  # fmt: skip
        if said:
            lines.append(_("{label}: {said}", label=label, said=words.of(place.lesson, said)))
    st.markdown("\n".join(f"- {line}" for line in lines))
