"""A run in progress: how far it is, its curves, and what its model makes of the same images."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ae_core import wording
from ae_core.accounts import limits
from ae_core.errors import UserError
from ae_core.jobs import access, states, table, worker
from ae_core.jobs.job import Job
from pages.ui.shared import cached, owner, widgets
from pages.ui.train import curves, snapshots

POLL_SECONDS, WAITING_SECONDS = 0.3, 1.5
"""Seconds between two polls, of a run that is next or running, and of one far back in the queue."""


def show(number: int) -> None:
    """A run, redrawn while it goes on."""
    asking = _asks_every(access.get(owner.me(), number))
    st.fragment(_live, run_every=asking, key="run")(number, asking)


def _asks_every(job: Job) -> float | None:
    """Seconds until the next poll; None where nothing changes by itself."""
    if job.is_over or job.state == states.PAUSED:
        return None
    far_off = job.state == states.QUEUED and table.wait_of(job, limits.limits().slots)[0] > 0
    return WAITING_SECONDS if far_off else POLL_SECONDS


def _live(number: int, asking: float | None) -> None:
    with widgets.shown_errors():
        job = access.get(owner.me(), number)
        if _asks_every(job) != asking:
            cached.forget_what_is_here()
            st.rerun()  # the page asks more or less often, or shows what there is to do now
        st.markdown(f"##### {widgets.as_text(job.spec.title)}")
        _state(job)
        _buttons(job)
        events = access.events(owner.me(), number)
        left, right = st.columns([1.3, 1])
        with left:
            curves.show(job, events, _other_events(job))
        with right:
            snapshots.show(job)


def other_runs(job: Job) -> list[Job]:
    """Runs of the same person that this one can be compared with."""
    return [
        other for other in access.of(owner.me())
        if other.state == states.FINISHED and other.id != job.id
        and isinstance(other.spec, type(job.spec))
    ]  # fmt: skip


def _other_events(job: Job) -> list[dict[str, Any]]:
    """The test losses of the run that was chosen to be compared with this one."""
    wanted = st.session_state.get(f"other-{job.id}")
    if wanted not in [other.id for other in other_runs(job)]:
        return []
    return [event for event in access.events(owner.me(), wanted) if event["test"]]


def _state(job: Job) -> None:
    """One line and a bar: the progress, the speed and the time left."""
    at = job.progress
    if job.state == states.QUEUED:
        ahead, seconds = table.wait_of(job, limits.limits().slots)
        before = (
            f"{ahead} before you, about {wording.duration(seconds)}" if ahead else "you are next"
        )
        again = f" {job.message} It goes on from where it was." if job.message else ""
        if not worker.is_working():
            again += " The background worker is starting; if this stays, tell who runs this server."
        st.progress(0.0, text=f"Waiting: {before}.{again}")
    elif job.state == states.RUNNING and not at:
        st.progress(0.0, text="Preparing: reading the images, timing a few steps …")
    elif job.state in (states.RUNNING, states.PAUSED):
        share = min(1.0, at["step"] / max(1, at["steps"])) if at else 0.0
        measuring = share >= 1 or job.request == states.STOP
        words = {states.PAUSE: "Pausing …", states.DISCARD: "Stopping …"}.get(job.request, "")
        if job.state == states.PAUSED:
            words = "Paused."
        if not words:
            words = (
                "Measuring it on all test images …" if measuring
                else f"{wording.duration(at['seconds_left'])} left"
            )  # fmt: skip
        st.progress(share, text=f"{words}{_speed(at) if at else ''}")
    elif job.state == states.FINISHED:
        took = wording.duration(at["seconds"]) if at else "a moment"
        st.success(f"Done in {took}. {widgets.as_text(job.message)}", icon=":material/check:")
    elif job.state == states.FAILED:
        st.error(widgets.as_text(job.message), icon=":material/error:")
    else:
        st.info("Discarded.", icon=":material/delete:")


def _speed(at: Mapping[str, Any]) -> str:
    skipped = f" · {at['skipped']} broken steps skipped" if at["skipped"] else ""
    return (
        f" · epoch {at['epoch']} of {at['epochs']} · {at['images_per_second']:,.0f} images a second"
        f" · {at['device']}{skipped}"
    )


def _buttons(job: Job) -> None:
    """The actions on a run that is not over."""
    requests = {
        "Pause": (":material/pause:", states.PAUSE, job.state in (states.QUEUED, states.RUNNING)),
        "Stop and keep": (":material/stop:", states.STOP, job.step > 0),
        "Discard": (":material/delete:", states.DISCARD, True),
    }
    if job.is_over:
        return
    with st.container(horizontal=True):
        if job.state == states.PAUSED:
            st.button(
                "Resume", icon=":material/play_arrow:", on_click=_ask, args=(job, "go on"),
                key=f"go-on-{job.id}",
            )  # fmt: skip
        for label, (icon, request, possible) in requests.items():
            if possible and not (job.state == states.PAUSED and request == states.PAUSE):
                st.button(
                    label, icon=icon, on_click=_ask, args=(job, request), key=f"{request}-{job.id}",
                    disabled=bool(job.request),
                )  # fmt: skip


def _ask(job: Job, request: str) -> None:
    try:
        if request == "go on":
            access.go_on(owner.me(), job.id)
        else:
            access.request(owner.me(), job.id, request)
    except UserError as failure:
        st.toast(str(failure))


def ago(then: float) -> str:
    """How long ago something was."""
    return f"{wording.duration(time.time() - then)} ago"
