"""Train: choose a network and images, press a button, watch it learn, find it on every page."""

import streamlit as st

from ae_core.jobs import table
from pages.ui.shared import owner, widgets
from pages.ui.train import form as training_form
from pages.ui.train import my_runs, progress

st.header("Train", anchor=False)
st.caption(
    "Ten seconds are enough for a good model. Press *Train* and watch its images sharpen and its"
    " map unfold; close the page whenever you like, it goes on without you."
)
form, run = st.columns([1, 1.9], gap="large")
with form, widgets.shown_errors():
    training_form.form()
with run, widgets.shown_errors():
    job = my_runs.chosen(table.of(owner.me()))
    if job is None:
        st.info(
            "Nothing trained yet. The form is ready: press *Train*, and the curves, the images and"
            " the map appear here.",
            icon=":material/model_training:",
        )
    elif not job.is_readable:
        my_runs.of_another_version(job)
    else:
        progress.show(job.id)
        if job.is_over:
            my_runs.afterwards(job)
