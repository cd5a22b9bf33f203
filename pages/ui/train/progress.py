"""A run in progress: how far it is, the same images as they sharpen, the map as it unfolds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae_core import palette, wording
from ae_core.accounts import limits
from ae_core.errors import UserError
from ae_core.jobs import files, table, worker
from ae_core.jobs.table import Job
from pages.ui.drawing import pictures, views
from pages.ui.shared import cached, owner, widgets
from pages.ui.train import curves

POLL_SECONDS, WAITING_SECONDS = 0.3, 1.5
"""Seconds between two polls, of a run that is next or running, and of one far back in the queue."""

MAP_SIDE = 300
RADIUS = 2
FEW_SNAPSHOTS = 2

LIGHT, DARK = 255, 24
"""Backgrounds of the map."""


def show(number: int) -> None:
    """A run, redrawn while it goes on."""
    asking = _asks_every(table.get(number))
    st.fragment(_live, run_every=asking, key="run")(number, asking)


def _asks_every(job: Job) -> float | None:
    """Seconds until the next poll; None where nothing changes by itself."""
    if job.is_over or job.state == table.PAUSED:
        return None
    far_off = job.state == table.QUEUED and table.wait_of(job, limits.limits().slots)[0] > 0
    return WAITING_SECONDS if far_off else POLL_SECONDS


def _live(number: int, asking: float | None) -> None:
    with widgets.shown_errors():
        job = table.get(number)
        if _asks_every(job) != asking:
            cached.checkpoints_here.clear()
            st.rerun()  # the page asks more or less often, or shows what there is to do now
        st.markdown(f"##### {widgets.as_text(job.spec.title)}")
        _state(job)
        _buttons(job)
        events = table.events(number)
        left, right = st.columns([1.3, 1])
        with left:
            curves.show(job, events, _other_events(job))
        with right:
            _snapshot(job)


def other_runs(job: Job) -> list[Job]:
    """Runs of the same person that this one can be compared with."""
    return [
        other for other in table.of(owner.me())
        if other.state == table.FINISHED and other.id != job.id
    ]  # fmt: skip


def _other_events(job: Job) -> list[dict[str, Any]]:
    """The test losses of the run that was chosen to be compared with this one."""
    wanted = st.session_state.get(f"other-{job.id}")
    if wanted not in [other.id for other in other_runs(job)]:
        return []
    return [event for event in table.events(wanted) if event["test"]]


def _state(job: Job) -> None:
    """One line and a bar: the progress, the speed and the time left."""
    at = job.progress
    if job.state == table.QUEUED:
        ahead, seconds = table.wait_of(job, limits.limits().slots)
        before = (
            f"{ahead} before you, about {wording.duration(seconds)}" if ahead else "you are next"
        )
        again = f" {job.message} It goes on from where it was." if job.message else ""
        if not worker.is_working():
            again += " The background worker is starting; if this stays, tell who runs this server."
        st.progress(0.0, text=f"Waiting: {before}.{again}")
    elif job.state == table.RUNNING and not at:
        st.progress(0.0, text="Preparing: reading the images, timing a few steps …")
    elif job.state in (table.RUNNING, table.PAUSED):
        share = min(1.0, at["step"] / max(1, at["steps"])) if at else 0.0
        measuring = share >= 1 or job.request == table.STOP
        words = {table.PAUSE: "Pausing …", table.DISCARD: "Stopping …"}.get(job.request, "")
        if job.state == table.PAUSED:
            words = "Paused."
        if not words:
            words = (
                "Measuring the model on all test images …" if measuring
                else f"{wording.duration(at['seconds_left'])} left"
            )  # fmt: skip
        st.progress(share, text=f"{words}{_speed(at) if at else ''}")
    elif job.state == table.FINISHED:
        took = wording.duration(at["seconds"]) if at else "a moment"
        st.success(f"Done in {took}. {widgets.as_text(job.message)}", icon=":material/check:")
    elif job.state == table.FAILED:
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
        "Pause": (":material/pause:", table.PAUSE, job.state in (table.QUEUED, table.RUNNING)),
        "Stop and keep": (":material/stop:", table.STOP, job.step > 0),
        "Discard": (":material/delete:", table.DISCARD, True),
    }
    if job.is_over:
        return
    with st.container(horizontal=True):
        if job.state == table.PAUSED:
            st.button(
                "Resume", icon=":material/play_arrow:", on_click=_ask, args=(job, "go on"),
                key=f"go-on-{job.id}",
            )  # fmt: skip
        for label, (icon, request, possible) in requests.items():
            if possible and not (job.state == table.PAUSED and request == table.PAUSE):
                st.button(
                    label, icon=icon, on_click=_ask, args=(job, request), key=f"{request}-{job.id}",
                    disabled=bool(job.request),
                )  # fmt: skip


def _ask(job: Job, request: str) -> None:
    try:
        if request == "go on":
            table.go_on(job.id, owner.me())
        else:
            table.request(job.id, request, owner=owner.me())
    except UserError as failure:
        st.toast(str(failure))


def _snapshot(job: Job) -> None:
    """One snapshot of the model: the latest, or the one that the time machine is at."""
    if job.is_over:
        files.pull(job.name)
    steps = files.snapshots(job.name)
    if not steps:
        st.caption("Here the model's images appear, and its map.")
        return
    step = steps[-1]
    if job.is_over and len(steps) >= FEW_SNAPSHOTS:
        step = st.select_slider(
            "Time machine: steps of training", steps, steps[-1], key=f"time-{job.name}",
            help="Move back and see how the images, the map and the grid came about.",
        )  # fmt: skip
    if (snapshot := files.snapshot(job.name, int(step))) is None:
        return
    count = len(snapshot["before"])
    both = torch.cat([snapshot["before"], snapshot["after"]]).float() / 255
    pictures.wide(
        pictures.montage(views.digits(both), count), f"{count} test images, and below them again"
    )
    st.caption("Test images, and below each what the model makes of it.")
    left, right = st.columns(2)
    side = round(len(snapshot["grid"]) ** 0.5)
    with left:
        pictures.wide(
            scatter(snapshot), f"Map of the codes of {len(snapshot['labels'])} test images"
        )
        st.caption("The map: each dot a test image, coloured by class.")
    with right:
        sheet = pictures.montage(views.digits(snapshot["grid"].float() / 255), side)
        pictures.wide(sheet, f"{side} by {side} images decoded from all over the map")
        st.caption("What each place of the map decodes to.")


def scatter(snapshot: Mapping[str, Tensor]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The map as a picture, (side, side, 3): a dot for each code, in the colour of its class."""
    places, (low, high) = snapshot["places"].float(), snapshot["ends"]
    spread = (high - low).clamp(min=1e-6)
    at = ((places - low) / spread * (MAP_SIDE - 1)).round().long()
    at[:, 1] = MAP_SIDE - 1 - at[:, 1]
    inside = ((at >= RADIUS) & (at < MAP_SIDE - RADIUS)).all(dim=1)
    at, labels = at[inside], snapshot["labels"].long()[inside]
    ground = DARK if st.context.theme.type == "dark" else LIGHT
    picture = torch.full((MAP_SIDE, MAP_SIDE, 3), ground, dtype=torch.uint8)
    colours = torch.tensor([palette.rgb(each) for each in palette.CLASSES], dtype=torch.uint8)
    for dx in range(-RADIUS, RADIUS + 1):
        for dy in range(-RADIUS, RADIUS + 1):
            if dx * dx + dy * dy <= RADIUS * RADIUS:
                picture[at[:, 1] + dy, at[:, 0] + dx] = colours[labels % len(palette.CLASSES)]
    return picture.numpy()


def ago(then: float) -> str:
    """How long ago something was."""
    return f"{wording.duration(time.time() - then)} ago"
