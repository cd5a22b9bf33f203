"""A run in progress: how far it is, its curves, and what its model makes of the same images."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ae_core import wording
from ae_core.accounts import limits
from ae_core.jobs import access, states, waits, worker
from ae_core.jobs.job import Job
from ae_core.jobs.under_way import steering
from ae_core.texts import N_, _, joined, ngettext
from ae_core.training import learning_by_heart
from ae_core.training.runs import RunSpec
from pages.ui.shared import cached, owner, widgets
from pages.ui.train import changes, curves, snapshots, together

POLL_SECONDS, WAITING_SECONDS = 0.3, 1.5
"""Seconds between two polls, of a run that is next or running, and of one far back in the queue."""

GO_ON = "go-on"
REQUESTS = {
    states.PAUSE: (N_("Pause"), ":material/pause:"),
    states.STOP: (N_("Stop and keep"), ":material/stop:"),
    states.DISCARD: (N_("Discard"), ":material/delete:"),
}


def show(number: int) -> None:
    """A run, redrawn while it goes on."""
    job = access.get(owner.me(), number)
    asking = _asks_every(job, wait_of(job))
    st.fragment(_live, run_every=asking, key="run")(number, asking)


def wait_of(job: Job) -> tuple[int, float]:
    """How many jobs are before one that is queued, and about how many seconds it will wait."""
    return waits.of(job, limits.limits().slots) if job.state == states.QUEUED else (0, 0.0)


def _asks_every(job: Job, wait: tuple[int, float]) -> float | None:
    """Seconds until the next poll; None where nothing changes by itself."""
    if job.is_over or (job.state == states.PAUSED and not job.message):
        return None
    return WAITING_SECONDS if wait[0] or job.state == states.PAUSED else POLL_SECONDS


def _live(number: int, asking: float | None) -> None:
    with widgets.shown_errors():
        me = owner.me()
        job = access.get(me, number)
        wait = wait_of(job)
        if _asks_every(job, wait) != asking:
            cached.forget_what_is_here()
            st.rerun()  # the page asks more or less often, or shows what there is to do now
        with st.container(
            horizontal=True, vertical_alignment="center", gap="xsmall", key="ae-short-on-phones"
        ):
            st.markdown(f"## {widgets.as_text(job.spec.title)}", width="stretch")
            if not job.is_over:
                changes.show(job)
                together.offer(job)
        state_line(job, wait)
        _buttons(job)
        draw(job, access.events(me, number), _other_events(job))


def draw(job: Job, events: Sequence[curves.Event], beside: Sequence[curves.Event] = ()) -> None:
    """The curves, beside what the model makes of the same images."""
    with st.container(key="ae-last-first-in-run"):
        left, right = st.columns([1.3, 1])
    with left:
        _by_heart(job, events)
        curves.show(job, events, beside)
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
    if not wanted or wanted not in [other.id for other in other_runs(job)]:
        return []
    return [event for event in access.events(owner.me(), wanted) if event["test"]]


def state_line(job: Job, wait: tuple[int, float]) -> None:
    """One line and a bar: the progress, the speed and the time left."""
    at = job.progress
    if job.state == states.QUEUED:
        st.progress(0.0, text=_waiting(job, *wait))
    elif job.state == states.RUNNING and not at:
        st.progress(0.0, text=_("Preparing: reading the images, timing a few steps …"))
    elif job.state in (states.RUNNING, states.PAUSED):
        share = min(1.0, at["step"] / max(1, at["steps"])) if at else 0.0
        parts = [_doing(job, share), *(_speed(at) if at else [])]
        st.progress(share, text=" · ".join(parts))
    elif job.state == states.FINISHED:
        done = (
            _("Done in {time}.", time=wording.duration(at["seconds"])) if at
            else _("Done in a moment.")
        )  # fmt: skip
        st.success(joined(done, _message(job)), icon=":material/check:")
    elif job.state == states.FAILED:
        st.error(_message(job), icon=":material/error:")
    else:
        st.info(_("Discarded."), icon=":material/delete:")


def _by_heart(job: Job, events: Sequence[Mapping[str, Any]]) -> None:
    """That an autoencoder learns its images by heart, where it does."""
    if not isinstance(job.spec, RunSpec) or not (found := learning_by_heart.found(events)):
        return
    learns = _(
        "It learns by heart: since step {step:,} its error on training images fell by {fell:.0%},"
        " and that on test images rose by {rose:.0%}.",
        step=found.step, fell=found.fell, rose=found.rose,
    )  # fmt: skip
    helps = _(
        "It was best on new images after {time}. More images, a shorter code or noise to remove"
        " help.",
        time=wording.duration(found.seconds),
    )
    st.warning(joined(learns, helps), icon=":material/menu_book:")


def _message(job: Job) -> str:
    return widgets.as_text(job.message)


def _waiting(job: Job, ahead: int, seconds: float) -> str:
    """How long a run waits, and why."""
    before = _("Waiting: you are next.")
    if seconds >= 1 and not ahead:
        before = _("Waiting: you are next, in about {time}.", time=wording.duration(seconds))
    elif ahead:
        before = ngettext(
            "Waiting: {count} before you, about {time}.",
            "Waiting: {count} before you, about {time}.",
            ahead, time=wording.duration(seconds),
        )  # fmt: skip
    again = _("It goes on from where it was.") if job.message else ""
    return joined(before, job.message, again, widgets.as_text(worker.trouble()))


def _doing(job: Job, share: float) -> str:
    """What is done with a run of which this share is trained, or how long it still takes."""
    if job.state == states.PAUSED:
        return joined(_("Paused."), job.message)
    if job.request == states.PAUSE:
        return _("Pausing …")
    if job.request == states.DISCARD:
        return _("Stopping …")
    if share >= 1 or job.request == states.STOP:
        return _("Measuring it on all test images …")
    if job.controls.pace == 0:
        return _("Step {step:,} of {steps:,}: it waits", **_steps(job))
    if job.controls.pace:
        return _("Slow motion, step {step:,} of {steps:,}", **_steps(job))
    return _("{time} left", time=wording.duration(job.progress["seconds_left"]))


def _steps(job: Job) -> dict[str, int]:
    return {name: job.progress[name] for name in ("step", "steps")}


def _speed(at: Mapping[str, Any]) -> list[str]:
    """How far a run is, how fast, and on what."""
    skipped = at["skipped"]
    parts = [
        _("epoch {epoch} of {epochs}", epoch=at["epoch"], epochs=at["epochs"]),
        ngettext(
            "{count:,} image a second", "{count:,} images a second", round(at["images_per_second"])
        ),
        at["device"],
        ngettext("{count} broken step skipped", "{count} broken steps skipped", skipped)
        if skipped else "",
    ]  # fmt: skip
    return [part for part in parts if part]


def _buttons(job: Job) -> None:
    """The actions on a run that is not over."""
    possible = {
        states.PAUSE: job.state in (states.QUEUED, states.RUNNING),
        states.STOP: job.step > 0,
        states.DISCARD: True,
    }
    if job.is_over:
        return
    with st.container(horizontal=True, gap="xsmall"):
        if job.state == states.PAUSED:
            st.button(
                _("Resume"), icon=":material/play_arrow:", on_click=_ask, args=(job, GO_ON),
                key=f"{GO_ON}-{job.id}",
            )  # fmt: skip
        for request, (label, icon) in REQUESTS.items():
            if possible[request]:
                st.button(
                    _(label), icon=icon, on_click=_ask, args=(job, request),
                    key=f"{request}-{job.id}", disabled=bool(job.request),
                )  # fmt: skip
        changes.single_step(job)


def _ask(job: Job, request: str) -> None:
    if request == GO_ON:
        widgets.done(lambda: _go_on(job))
    else:
        widgets.done(lambda: access.request(owner.me(), job.id, request))


def _go_on(job: Job) -> None:
    """At full speed: who wants one step more has a button for it."""
    steering.set_pace(owner.me(), job.id, None)
    access.go_on(owner.me(), job.id)


def ago(then: float) -> str:
    """How long ago something was."""
    return _("{time} ago", time=wording.duration(time.time() - then))
