"""How the owner of a run shows it to others while it goes on: a link, and who has it."""

from __future__ import annotations

import streamlit as st

from ae_core.accounts import ownership
from ae_core.jobs.job import Job
from ae_core.texts import _
from pages.ui.shared import owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Watched


def offer(job: Job) -> None:
    """A switch by which the owner of a run that is under way shows it to others, and its link."""
    mine = ownership.get(owner.me(), job.name)
    if mine is None:
        return
    with st.popover(_("Share"), icon=":material/group:", key=f"together-{job.id}"):
        st.toggle(
            _("Share by link"), mine.shared, key=f"together-share-{job.id}", on_change=_share,
            args=(job.name, f"together-share-{job.id}"),
        )  # fmt: skip
        st.caption(
            _("Whoever has the link watches this run, and has the model once it is there. They can"
              " change nothing.")
        )  # fmt: skip
        if mine.shared:
            st.code(current.link("train", Watched(job.name)), language=None)


def _share(name: str, key: str) -> None:
    widgets.done(lambda: ownership.share(owner.me(), name, bool(st.session_state[key])))
