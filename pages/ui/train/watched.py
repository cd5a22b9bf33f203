"""Somebody else's run, which its owner has shared: seen as they see it, and not changed."""

from __future__ import annotations

import streamlit as st

from ae_core.jobs import states
from ae_core.jobs.under_way import watching
from ae_core.texts import _
from pages.ui.shared import cached, owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Picked, Watched
from pages.ui.train import progress

POLL_SECONDS = 1.0
"""Seconds between two polls of a run that many may look at."""


def show(name: str) -> None:
    """The run of that name, and what it has made once it is over."""
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption(
        _("Somebody shows you this run. It is theirs: you see what they see, and change nothing.")
    )
    right.button(
        _("Back to your own"), icon=":material/arrow_back:", on_click=_leave, width="stretch"
    )
    _watch(name)
    is_there = watching.run(owner.me(), name).state == states.FINISHED
    if (
        is_there
        and name in [card.name for card in cached.available()[0]]
        and st.button(_("Open its map"), type="primary", icon=":material/map:", key="to-its-map")
    ):
        current.change(Picked, model=name)
        st.switch_page("../latent_space.py")


def _watch(name: str) -> None:
    """Somebody else's run, redrawn until it is over."""
    asking = None if watching.run(owner.me(), name).is_over else POLL_SECONDS
    st.fragment(_watched, run_every=asking, key="watched-run")(name, asking)


def _watched(name: str, asking: float | None) -> None:
    with widgets.shown_errors():
        me = owner.me()
        job = watching.run(me, name)
        if job.is_over and asking:
            cached.forget_what_is_here()
            st.rerun()
        st.markdown(f"## {widgets.as_text(job.spec.title)}")
        progress.state_line(job, progress.wait_of(job))
        progress.draw(job, watching.events(me, name))


def _leave() -> None:
    current.change(Watched, run="")
