"""The form of a run: what to train, what that needs, what it will cost; and the button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae_core import wording
from ae_core.accounts import limits, personal_limits
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.jobs import waits
from ae_core.jobs.kinds import AnySpec
from ae_core.texts import N_, _, joined, ngettext
from ae_core.training import estimates
from ae_core.training.runs import RunSpec
from pages.ui.drawing import places
from pages.ui.shared import cached, owner, widgets
from pages.ui.state.declared import Train
from pages.ui.train import autoencoder_form, classifier_form, here

FORMS: dict[str, Callable[[int], tuple[AnySpec, ImageSet, str]]] = {
    "autoencoder": autoencoder_form.asked,
    "classifier": classifier_form.asked,
}


HERE = N_(":material/devices: It learns in this page: keep it open.")
HERE_HELP = N_(
    "Your own device trains, and waits for nobody. The server gets the result, measures it on all"
    " test images and keeps it, as it does with its own."
)


def form(head: DeltaGenerator) -> dict[str, Any] | None:
    """Everything that a run can be asked for; the button, at its head, begins it.

    Gives where the images lie of a run that would be in this browser.
    """
    if st.session_state.pop("submitted", False):
        st.session_state["run-title"] = ""
    most = personal_limits.of(owner.me()).train_seconds
    with head:
        what = widgets.one_of(_("What to train"), Train, "what", label_visibility="collapsed")
        button, place = st.container(width="content"), st.container(width="content")
        cost = places.kept("cost-place")
    spec, images, on = FORMS[what](most)
    with place:
        is_here = _is_here(spec, images)
    with cost:
        fits = _cost(spec, images, most, is_here=is_here)
    if button.button(
        _("Train"), type="primary", icon=":material/play_arrow:", key="train", disabled=not fits
    ):
        # Not a callback: it would be given the form as it was before the last field was changed.
        with widgets.shown_errors():
            st.session_state["submitted"] = True
            if is_here and isinstance(spec, RunSpec):
                here.begin(spec, images)  # which the page shows beside, in this very run
            else:
                here.submit(spec, on)
                st.rerun()
    return here.addresses(spec, images) if is_here and isinstance(spec, RunSpec) else None


def _is_here(spec: AnySpec, images: ImageSet) -> bool:
    """The control for where to train; whether that is in the browser."""
    places = ["here", "server"] if here.is_suggested(spec) else ["server", "here"]
    if reason := here.why_not(spec, images):
        places = ["server"]
    place = widgets.one_of(
        _("Where"), Train, "where", among=places, label_visibility="collapsed", help=reason or None
    )
    return place == "here"


def _cost(spec: AnySpec, images: ImageSet, most: int, *, is_here: bool) -> bool:
    """One line on what the run will take, or why it cannot be; whether it can."""
    try:
        count = len(images.train)
        if not isinstance(spec, RunSpec):
            count = classifier_form.labelled_images(spec, images)
    except UserError as failure:
        st.warning(widgets.sentence(failure), icon=":material/warning:")
        return False
    seconds = spec.seconds or _seconds(spec.to_dict(), images)
    if seconds > most:
        time = wording.duration(seconds)
        much = _("It would train about {time}. Choose fewer epochs.", time=time)
        st.warning(str(limits.over("train_seconds", most, much)))
        return False
    if is_here:
        st.caption(_(HERE), help=_(HERE_HELP))
        return True
    usual = waits.lengths()
    before, wait = waits.of_next(owner.my_id(), limits.limits().slots, usual)
    needed = _(
        "About **{time}** of training on {pictures}, and {beyond} to begin and to measure it.",
        time=wording.duration(seconds), beyond=wording.duration(usual.beyond),
        pictures=widgets.as_text(wording.counted(count, images.noun)),
    )  # fmt: skip
    queue = _("It begins in about {time}.", time=wording.duration(wait)) if wait >= 1 else ""
    if queue and before:
        queue = ngettext(
            "{count} is before it: it begins in about {time}.",
            "{count} are before it: it begins in about {time}.",
            before, time=wording.duration(wait),
        )  # fmt: skip
    st.caption(f":material/timer: {joined(needed, queue)}")
    return True


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _seconds(spec: Mapping[str, Any], images: ImageSet) -> float:
    return estimates.seconds_of_training(RunSpec.from_dict(spec), images)
