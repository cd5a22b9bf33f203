"""Train: choose a network and images, press a button, watch it learn, find it on every page."""

import streamlit as st

from ae_core.accounts import ownership
from ae_core.jobs import access
from ae_core.texts import N_, _
from pages.ui import explained
from pages.ui.shared import expired, owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Train, Watched
from pages.ui.train import break_it, here, my_runs, overfitting, progress, watched
from pages.ui.train import form as training_form


def own_run() -> None:
    """The button, over the form of a run and the run that is under way or chosen."""
    head = st.container(horizontal=True, vertical_alignment="center")
    with st.container(key="ae-last-first"):
        form, run = st.columns([1, 1.9], gap="large")
    soon = None
    with form:
        with widgets.shown_errors():
            soon = training_form.form(head)
        expired.show(ownership.CHECKPOINT)
    with run, widgets.shown_errors():
        if name := current.of(Watched).run:
            watched.show(name)
            return
        if here.show(soon):
            return
        job = my_runs.chosen(access.of(owner.me()))
        if job is None:
            st.info(
                _(
                    "Nothing trained yet. The form is ready: press *Train*, and the curves and the"
                    " images appear here."
                ),
                icon=":material/model_training:",
            )
        elif not job.is_readable:
            my_runs.of_another_version(job)
        else:
            progress.show(job.id)
            if job.is_over:
                my_runs.afterwards(job)


PARTS = {"your-run": own_run, "overfitting": overfitting.show, "break-it": break_it.show}
TRY = {
    "your-run": N_(
        "Ten seconds are enough for a good model. Press *Train* and watch its images sharpen and"
        " its map unfold. What runs on the server goes on when you close the page."
    ),
    "overfitting": N_(
        "A large network and few images: it can learn them by heart. Choose what might help, and"
        " compare the errors on images that it never saw."
    ),
    "break-it": N_("Trainings that go wrong in known ways, each beside the same training, fixed."),
}
TERMS = {
    "your-run": ("epoch", "batch", "learning-rate", "loss", "beta"),
    "overfitting": ("overfitting", "test-images", "sparsity"),
    "break-it": ("posterior-collapse", "learning-rate"),
}

title, switch = st.columns([1, 3], vertical_alignment="bottom")
title.title(_("Train"), anchor=False)
with widgets.shown_errors():
    with switch:
        part = widgets.one_of(_("Part"), Train, "part", label_visibility="collapsed")
    st.caption(_(TRY[part]))
    explained.terms(*TERMS[part])
    PARTS[part]()
