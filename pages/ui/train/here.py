"""A run in the visitor's own browser: begun by the form, trained and drawn by the page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ae_core.accounts import cookies, personal_limits
from ae_core.image_sets import ImageSet
from ae_core.jobs import access
from ae_core.jobs.kinds import AnySpec
from ae_core.texts import N_, _
from ae_core.training import browser_images, in_browser, received, runs
from ae_core.training.runs import RunSpec
from pages.ui.browser import built, mounting
from pages.ui.shared import owner, trained, widgets
from pages.ui.train import changes, curves

KEY, RUN, MOVED = "training", "training-here", "training-moved"

LONGEST = 60.0
"""Runs of more seconds are suggested for the server, where they go on once the page is closed."""

NOT_BUILT = N_("The part of the app that trains in a browser was not built.")
NO_COOKIE = N_("What a browser learns belongs to whoever has its cookie: let cookies in.")
CLASSIFIERS = N_("Classifiers learn on the server.")

_TRAINING = st.components.v2.component("live_training", html=mounting.PLACE, js=mounting.LOADER)


def why_not(spec: AnySpec, images: ImageSet) -> str:
    """Why this run needs the server, as a sentence; nothing where this browser can train it."""
    if not built.files():
        return _(NOT_BUILT)
    if not cookies.owner_in(str(st.context.cookies.get(cookies.COOKIE, ""))):
        return _(NO_COOKIE)
    if not isinstance(spec, RunSpec):
        return _(CLASSIFIERS)
    return in_browser.why_not(spec, images)


def is_suggested(spec: AnySpec) -> bool:
    """Whether a run that a browser can train is short enough to wait for it on the page, and nobody
    has sent one from here to the server in this visit."""
    return 0 < float(spec.seconds or 0) <= LONGEST and MOVED not in st.session_state


def addresses(spec: RunSpec, images: ImageSet) -> dict[str, Any]:
    """Where the images of a run lie, and in how many parts.

    Raises:
        UserError: something in the spec is not to be had.
    """
    selection = browser_images.selection_of(spec, images)
    return {
        "images": f"/live-training-images/{images.name}/{images.sha256}/{selection}",
        "parts": browser_images.parts_of(runs.images_of(spec, images)),
    }


def begin(spec: RunSpec, images: ImageSet) -> None:
    """Train this in the browser, from the next rerun on.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    asked = in_browser.order(spec, runs.images_of(spec, images))
    st.session_state[RUN] = {
        "turn": secrets.token_hex(8),
        "title": spec.title,
        "spec": spec.to_dict(),
        "asked": asked,
        "shape": images.image_shape,
        **addresses(spec, images),
        "losses": curves.titles(spec, in_browser.losses(spec, images)),
        "baselines": curves.baselines(spec),
        "changes": [
            {
                "what": what, "label": _(changes.LABELS[what]), "now": bounds.value,
                "values": changes.values(what, bounds),
            }
            for what, bounds in runs.adjustable(spec).items()
        ],
    }  # fmt: skip


def show(soon: Mapping[str, Any] | None) -> bool:
    """The run that is in this browser, or those that were left in it; whether there is a run.

    `soon` is where the images of the run lie that the form would train here.
    """
    if not built.files():
        return False
    data = {
        **mounting.part("training"),
        "script": built.address("train.js"),
        "training": built.address("training.js"),
        "kernels": {
            "relaxed": built.address("relaxed.wasm"), "plain": built.address("kernels.wasm"),
        },
        "run": st.session_state.get(RUN),
        "soon": soon,
        "longest": personal_limits.of(owner.me()).train_seconds,
    }  # fmt: skip
    _TRAINING(
        key=KEY, data=data, on_sent_change=_sent, on_ended_change=_ended, on_moved_change=_moved,
        on_taken_up_change=_taken_up, on_failed_change=lambda: mounting.failed(KEY),
    )  # fmt: skip
    return RUN in st.session_state


def _told(name: str) -> Any:
    return getattr(st.session_state[KEY], name)


def _sent() -> None:
    """The server has the result: it is a run like others now."""
    sent = _told("sent")
    if isinstance(sent, Mapping) and isinstance(number := sent.get("job"), int):
        st.session_state.pop(RUN, None)
        st.session_state["job"] = number
        if widgets.done(lambda: access.get(owner.me(), number)):
            trained.expect(access.get(owner.me(), number).name)


def _ended() -> None:
    st.session_state.pop(RUN, None)


def _moved() -> None:
    """The same run is wanted on the server: this device is slow, or cannot train."""
    st.session_state.pop(RUN, None)
    st.session_state[MOVED] = True
    moved = _told("moved")
    if isinstance(moved, Mapping):
        widgets.done(lambda: submit(received.spec_from(moved.get("spec")), "auto"))


def _taken_up() -> None:
    """A run that was left in this browser goes on: the browser has all of it."""
    st.session_state[RUN] = {"turn": str(_told("taken_up"))}


def submit(spec: AnySpec, on: str) -> None:
    """Put a run of this person into the queue of the server, and choose it in the list.

    Raises:
        UserError: it may not be asked for, or the queue is full.
    """
    job = access.submit(owner.me(), spec, on=on)
    st.session_state["job"] = job.id
    if isinstance(spec, RunSpec):
        trained.expect(job.name)
